using EmbeddedMongo.Errors;
using EmbeddedMongo.Expressions.Dates;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions.Operators;

/// <summary>$dateAdd, $dateSubtract, $dateDiff and $dateTrunc.</summary>
internal static class DateArithmeticOperators
{
    public static void AddTo(OperatorTable table)
    {
        foreach (var (name, sign) in new[] { ("$dateAdd", 1), ("$dateSubtract", -1) })
        {
            table.Custom(
                name,
                (_, argument, scope) =>
                {
                    var operands = new NamedArguments(
                        name,
                        ["startDate", "unit", "amount", "timezone"],
                        3,
                        5166400,
                        5166401,
                        5166402
                    ).Parse(argument, scope);
                    return new VariadicExpression(operands, values => Add(name, sign, values, operands[3] is not null));
                }
            );
        }
        table.Custom(
            "$dateDiff",
            (name, argument, scope) =>
            {
                var operands = new NamedArguments(
                    name,
                    ["startDate", "endDate", "unit", "timezone", "startOfWeek"],
                    3,
                    5166301,
                    5166302,
                    5166303,
                    5166304,
                    5166305
                ).Parse(argument, scope);
                return new VariadicExpression(operands, values => Difference(values, operands));
            }
        );
        table.Custom(
            "$dateTrunc",
            (name, argument, scope) =>
            {
                var operands = new NamedArguments(
                    name,
                    ["date", "unit", "binSize", "timezone", "startOfWeek"],
                    2,
                    5439007,
                    5439008,
                    5439009,
                    5439010
                ).Parse(argument, scope);
                return new VariadicExpression(operands, values => Truncate(values, operands));
            }
        );
    }

    private static BsonValue Add(string name, int sign, BsonValue?[] values, bool hasZone)
    {
        var (start, unit, amount) = (values[0], values[1], values[2]);
        var zone = hasZone ? Zone.Of(values[3]) : Zone.Utc;
        if (start.IsNullish() || unit.IsNullish() || amount.IsNullish() || zone is null)
            return BsonNull.Value;
        if (!DateOperand.TryMillis(start, out var millis))
            throw MongoErrorException.Location(5166403, $"{name} requires startDate to be convertible to a date");
        var parsed = TimeUnits.Parse(unit, name, unknown: MongoErrorCodes.FailedToParse);
        if (!BsonNumbers.TryToInt64(amount, out var count))
            throw MongoErrorException.Location(5166405, $"{name} expects integer amount of time units");
        if (sign < 0 && count == long.MinValue)
            throw MongoErrorException.Location(6045000, $"invalid {name} 'amount' parameter value: {amount} unit");
        return new BsonDateTime(DateArithmetic.Add(millis, parsed, sign * count, zone));
    }

    private static BsonValue Difference(BsonValue?[] values, Expression?[] operands)
    {
        var zone = operands[3] is null ? Zone.Utc : Zone.Of(values[3]);
        if (values[0].IsNullish() || values[1].IsNullish() || values[2].IsNullish() || zone is null)
            return BsonNull.Value;
        var unit = TimeUnits.Parse(values[2]!, "$dateDiff");
        var week = StartOfWeek(values[4], operands[4], unit, 7, "$dateDiff");
        return week is null
            ? BsonNull.Value
            : new BsonInt64(DateArithmetic.Difference(Date(values[0]!, "startDate"), Date(values[1]!, "endDate"), unit, zone, week.Value));
    }

    private static long Date(BsonValue value, string what) =>
        DateOperand.TryMillis(value, out var millis)
            ? millis
            : throw MongoErrorException.Location(5166307, $"$dateDiff requires '{what}' to be a date, but got {TypeNames.Of(value)}");

    private static BsonValue Truncate(BsonValue?[] values, Expression?[] operands)
    {
        var zone = operands[3] is null ? Zone.Utc : Zone.Of(values[3]);
        if (values[0].IsNullish() || values[1].IsNullish() || zone is null || (operands[2] is not null && values[2].IsNullish()))
            return BsonNull.Value;
        if (!DateOperand.TryMillis(values[0], out var millis))
            throw MongoErrorException.Location(5439012, $"$dateTrunc requires 'date' to be a date, but got {TypeNames.Of(values[0])}");
        var unit = TimeUnits.Parse(values[1]!, "$dateTrunc");
        long size = 1;
        if (operands[2] is not null && !BsonNumbers.TryToInt64(values[2], out size))
        {
            throw MongoErrorException.Location(
                5439017,
                $"$dateTrunc requires 'binSize' to be a 64-bit integer, but got value '{values[2]}' of type {TypeNames.Of(values[2])}"
            );
        }

        if (size <= 0)
            throw MongoErrorException.Location(5439018, $"$dateTrunc requires 'binSize' to be greater than 0, but got value {size}");
        var week = StartOfWeek(values[4], operands[4], unit, 7, "$dateTrunc");
        return week is null ? BsonNull.Value : new BsonDateTime(DateArithmetic.Truncate(millis, unit, size, zone, week.Value));
    }

    /// <summary>Returns null if the operand is null, and <paramref name="absent"/> if there is none or the unit is not a week.</summary>
    private static int? StartOfWeek(BsonValue? value, Expression? operand, TimeUnit unit, int absent, string name)
    {
        if (operand is null || unit != TimeUnit.Week)
            return absent;
        if (value.IsNullish())
            return null;
        if (value is not BsonString text)
            throw MongoErrorException.Location(5439015, $"{name} requires 'startOfWeek' to be a string, but got {TypeNames.Of(value)}");
        return TimeUnits.ParseDayOfWeek(text.Value)
            ?? throw MongoErrorException.Location(
                5439016,
                $"{name} parameter 'startOfWeek' value cannot be recognized as a day of a week: {text.Value}"
            );
    }
}
