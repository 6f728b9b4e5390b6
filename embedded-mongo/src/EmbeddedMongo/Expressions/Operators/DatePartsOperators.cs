using EmbeddedMongo.Errors;
using EmbeddedMongo.Expressions.Dates;
using EmbeddedMongo.Expressions.Numerics;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions.Operators;

/// <summary>$dateToParts and $dateFromParts, with calendar or ISO week dates.</summary>
internal static class DatePartsOperators
{
    private static readonly string[] Parts =
    [
        "year",
        "isoWeekYear",
        "month",
        "isoWeek",
        "day",
        "isoDayOfWeek",
        "hour",
        "minute",
        "second",
        "millisecond",
        "timezone",
    ];

    public static void AddTo(OperatorTable table)
    {
        table.Custom(
            "$dateToParts",
            (name, argument, scope) =>
            {
                var operands = new NamedArguments(name, ["date", "timezone", "iso8601"], 1, 40524, 40520, 40522).Parse(argument, scope);
                return new VariadicExpression(operands, values => ToParts(values, operands));
            }
        );
        table.Custom(
            "$dateFromParts",
            (name, argument, scope) =>
            {
                var operands = new NamedArguments(name, Parts, 0, 40519, 40518).Parse(argument, scope);
                if (operands[0] is null && operands[1] is null)
                    throw MongoErrorException.Location(40516, "$dateFromParts requires either 'year' or 'isoWeekYear' to be present");
                if (operands[0] is not null && (operands[1] ?? operands[3] ?? operands[5]) is not null)
                    throw MongoErrorException.Location(40489, "$dateFromParts does not allow mixing natural dates with ISO dates");
                if (operands[1] is not null && (operands[2] ?? operands[4]) is not null)
                    throw MongoErrorException.Location(40525, "$dateFromParts does not allow mixing ISO dates with natural dates");
                return new VariadicExpression(operands, values => FromParts(values, operands));
            }
        );
    }

    private static BsonValue ToParts(BsonValue?[] values, Expression?[] operands)
    {
        var zone = operands[1] is null ? Zone.Utc : Zone.Of(values[1]);
        if (values[0].IsNullish() || zone is null || (operands[2] is not null && values[2].IsNullish()))
            return BsonNull.Value;
        var iso = values[2] switch
        {
            null => false,
            BsonBoolean flag => flag.Value,
            var other => throw MongoErrorException.Location(40521, $"iso8601 must evaluate to a bool, found {TypeNames.Of(other)}"),
        };
        var time = zone.ToLocal(DateOperand.Millis(values[0]!));
        var parts = iso
            ? new BsonDocument
            {
                { "isoWeekYear", Numbers.Int(time.IsoYear) },
                { "isoWeek", time.IsoWeek },
                { "isoDayOfWeek", time.IsoDayOfWeek },
            }
            : new BsonDocument
            {
                { "year", Numbers.Int(time.Year) },
                { "month", time.Month },
                { "day", time.Day },
            };
        return parts.Add("hour", time.Hour).Add("minute", time.Minute).Add("second", time.Second).Add("millisecond", time.Millisecond);
    }

    private static BsonValue FromParts(BsonValue?[] values, Expression?[] operands)
    {
        var zone = operands[10] is null ? Zone.Utc : Zone.Of(values[10]);
        if (zone is null)
            return BsonNull.Value;
        var parts = new long[10];
        for (var i = 0; i < parts.Length; i++)
        {
            if (operands[i] is null)
            {
                parts[i] = i is >= 2 and <= 5 ? 1 : 0;
                continue;
            }
            if (values[i].IsNullish())
                return BsonNull.Value;
            parts[i] = Part(values[i]!, i);
        }
        var days = operands[0] is not null
            ? CivilTime.DaysOf(parts[0], parts[2], parts[4])
            : CivilTime.IsoYearStart(parts[1]) + (parts[3] - 1) * 7 + parts[5] - 1;
        return new BsonDateTime(zone.ToUtc(days * CivilTime.MillisPerDay + ((parts[6] * 60 + parts[7]) * 60 + parts[8]) * 1000 + parts[9]));
    }

    private static long Part(BsonValue value, int index)
    {
        if (!BsonNumbers.TryToInt64(value, out var part))
        {
            throw MongoErrorException.Location(
                40515,
                $"'{Parts[index]}' must evaluate to an integer, found {TypeNames.Of(value)} with value {value}"
            );
        }

        if (index < 2)
        {
            return part is >= 1 and <= 9999
                ? part
                : throw MongoErrorException.Location(
                    index == 0 ? 40523 : 31095,
                    $"'{Parts[index]}' must evaluate to an integer in the range 1 to 9999, found {part}"
                );
        }
        // Seconds and milliseconds may be large; the other parts are limited to 16 bits.
        return index >= 8 || part is >= short.MinValue and <= short.MaxValue
            ? Math.Abs(part) < 1L << 50
                ? part
                : throw MongoErrorException.Location(31034, $"'{Parts[index]}' is out of range: {part}")
            : throw MongoErrorException.Location(
                31034,
                $"'{Parts[index]}' must evaluate to a value in the range [-32768, 32767]; value {part} is not in range"
            );
    }
}
