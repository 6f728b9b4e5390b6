using EmbeddedMongo.Errors;
using EmbeddedMongo.Expressions.Dates;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions.Operators;

/// <summary>$year, $month, …, $isoWeekYear: one part of a date. The operand is a date or {date, timezone}.</summary>
internal static class DatePartOperators
{
    public static void AddTo(OperatorTable table)
    {
        Part(table, "$year", t => Numerics.Numbers.Int(t.Year));
        Part(table, "$month", t => t.Month);
        Part(table, "$dayOfMonth", t => t.Day);
        Part(table, "$hour", t => t.Hour);
        Part(table, "$minute", t => t.Minute);
        Part(table, "$second", t => t.Second);
        Part(table, "$millisecond", t => t.Millisecond);
        Part(table, "$dayOfYear", t => t.DayOfYear);
        Part(table, "$dayOfWeek", t => t.DayOfWeek);
        Part(table, "$week", t => t.Week);
        Part(table, "$isoDayOfWeek", t => t.IsoDayOfWeek);
        Part(table, "$isoWeek", t => t.IsoWeek);
        Part(table, "$isoWeekYear", t => new BsonInt64(t.IsoYear));
    }

    private static void Part(OperatorTable table, string name, Func<CivilTime, BsonValue> read) =>
        table.Custom(
            name,
            (_, argument, scope) =>
            {
                var (date, zone) = ParseArgument(name, argument, scope);
                return zone is null
                    ? new UnaryExpression(date, d => d.IsNullish() ? BsonNull.Value : read(CivilTime.OfMillis(DateOperand.Millis(d))))
                    : new BinaryExpression(
                        name,
                        date,
                        zone,
                        (d, z) =>
                            Zone.Of(z, 40533) is not { } found || d.IsNullish()
                                ? BsonNull.Value
                                : read(found.ToLocal(DateOperand.Millis(d)))
                    );
            }
        );

    private static (Expression Date, Expression? Zone) ParseArgument(string name, BsonValue argument, VariableScope scope)
    {
        if (argument is BsonArray array)
        {
            return array.Count == 1
                ? (ExpressionParser.Parse(array[0], scope), null)
                : throw MongoErrorException.Location(
                    40536,
                    $"{name} accepts exactly one argument if given an array, but was given {array.Count}"
                );
        }
        if (argument is not BsonDocument document || (document.ElementCount > 0 && document.GetElement(0).Name.StartsWith('$')))
            return (ExpressionParser.Parse(argument, scope), null);
        Expression? date = null,
            zone = null;
        foreach (var element in document)
        {
            switch (element.Name)
            {
                case "date":
                    date = ExpressionParser.Parse(element.Value, scope);
                    break;
                case "timezone":
                    zone = ExpressionParser.Parse(element.Value, scope);
                    break;
                default:
                    throw MongoErrorException.Location(40535, $"unrecognized option to {name}: \"{element.Name}\"");
            }
        }
        return (date ?? throw MongoErrorException.Location(40539, $"missing 'date' argument to {name}, provided: {document}"), zone);
    }
}
