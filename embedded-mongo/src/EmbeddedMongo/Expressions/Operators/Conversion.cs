using System.Globalization;
using System.Numerics;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Expressions.Dates;
using EmbeddedMongo.Expressions.Numerics;
using EmbeddedMongo.Query;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions.Operators;

/// <summary>The conversions of $convert (see its tables in the manual). Others fail with 241 (ConversionFailure).</summary>
internal static class Conversion
{
    public static BsonValue Convert(BsonValue value, BsonType target) =>
        target switch
        {
            BsonType.Double => ToDouble(value),
            BsonType.String => ToText(value),
            BsonType.ObjectId => ToObjectId(value),
            BsonType.Boolean => ToBoolean(value),
            BsonType.DateTime => ToDate(value),
            BsonType.Int32 => ToInteger(value, target, int.MinValue, int.MaxValue, n => new BsonInt32((int)n)),
            BsonType.Int64 => ToInteger(value, target, long.MinValue, long.MaxValue, n => new BsonInt64((long)n)),
            BsonType.Decimal128 => ToDecimal(value),
            _ => throw Unsupported(value, target),
        };

    private static BsonValue ToDouble(BsonValue value)
    {
        switch (value)
        {
            case BsonBoolean flag:
                return new BsonDouble(flag.Value ? 1 : 0);
            case BsonDateTime date:
                return new BsonDouble(date.MillisecondsSinceEpoch);
            case BsonString text:
                return new BsonDouble(ParseDouble(text.Value));
            case BsonDecimal128 number:
                var wide = Numbers.ToDouble(value);
                return double.IsInfinity(wide) && !Decimal128.IsInfinity(number.Value)
                    ? throw Failure($"Conversion would overflow target type in $convert with no onError value: {value}")
                    : new BsonDouble(wide);
            default:
                return Numbers.IsNumeric(value) ? new BsonDouble(Numbers.ToDouble(value)) : throw Unsupported(value, BsonType.Double);
        }
    }

    private static BsonValue ToText(BsonValue value) =>
        value switch
        {
            BsonString => value,
            BsonBoolean flag => flag.Value ? "true" : "false",
            BsonObjectId id => id.Value.ToString(),
            BsonDateTime or BsonSymbol => StringCoercion.Text(value),
            _ when Numbers.IsNumeric(value) => StringCoercion.Number(value),
            _ => throw Unsupported(value, BsonType.String),
        };

    private static BsonValue ToObjectId(BsonValue value) =>
        value switch
        {
            BsonObjectId => value,
            BsonString text => text.Value.Length == 24 && ObjectId.TryParse(text.Value, out var id)
                ? new BsonObjectId(id)
                : throw Failure(
                    $"Failed to parse objectId '{text.Value}' in $convert with no onError value: Invalid string length for parsing to OID, expected 24 but found {text.Value.Length}"
                ),
            _ => throw Unsupported(value, BsonType.ObjectId),
        };

    private static BsonValue ToBoolean(BsonValue value) =>
        value switch
        {
            BsonBoolean => value,
            _ when Numbers.IsNumeric(value) => Numbers.IsZero(value) ? BsonBoolean.False : BsonBoolean.True,
            BsonMinKey or BsonMaxKey => BsonBoolean.True,
            _ => BsonBoolean.True,
        };

    private static BsonValue ToDate(BsonValue value)
    {
        switch (value)
        {
            case BsonDateTime:
                return value;
            case BsonObjectId or BsonTimestamp:
                return new BsonDateTime(DateOperand.Millis(value));
            case BsonInt64 number:
                return new BsonDateTime(number.Value);
            case BsonDouble or BsonDecimal128:
                var millis = Whole(value, BsonType.DateTime);
                return millis >= long.MinValue && millis <= long.MaxValue ? new BsonDateTime((long)millis) : throw OutOfRange(value);
            case BsonString text:
                return FreeDateParser.TryParse(text.Value, null, out var parsed, out var problem)
                    ? new BsonDateTime(parsed)
                    : throw Failure($"Error parsing date string '{text.Value}'; {problem}");
            default:
                throw Unsupported(value, BsonType.DateTime);
        }
    }

    private static BsonValue ToInteger(BsonValue value, BsonType target, long min, long max, Func<BigInteger, BsonValue> make)
    {
        BigInteger number;
        switch (value)
        {
            case BsonBoolean flag:
                number = flag.Value ? 1 : 0;
                break;
            case BsonDateTime date when target == BsonType.Int64:
                number = date.MillisecondsSinceEpoch;
                break;
            case BsonInt32 or BsonInt64:
                number = value.ToInt64();
                break;
            case BsonDouble or BsonDecimal128:
                number = Whole(value, target);
                break;
            case BsonString text:
                if (
                    !BigInteger.TryParse(text.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number)
                    || text.Value.Length > 100
                )
                {
                    throw Failure(
                        $"Failed to parse number '{text.Value}' in $convert with no onError value: Did not consume whole string."
                    );
                }

                break;
            default:
                throw Unsupported(value, target);
        }
        return number >= min && number <= max ? make(number) : throw OutOfRange(value);
    }

    /// <summary>Truncates toward zero.</summary>
    private static BigInteger Whole(BsonValue value, BsonType target)
    {
        if (BsonNumbers.IsNaN(value))
            throw Failure($"Attempt to convert NaN value to integer type in $convert with no onError value");
        if (value is BsonDouble number)
            return double.IsInfinity(number.Value) ? throw Infinite() : new BigInteger(Math.Truncate(number.Value));
        var exact = value.AsDecimal128;
        if (Decimal128.IsInfinity(exact))
            throw Infinite();
        var parts = BigDecimal.Of(DecimalMath.Round(exact, 0, MidpointRounding.ToZero));
        return parts.Exponent > 40 && !parts.Coefficient.IsZero ? throw OutOfRange(value) : parts.SignedAt(0);

        MongoErrorException Infinite() =>
            Failure($"Attempt to convert infinity value to {TypeOperand.AliasOf(target)} in $convert with no onError value");
    }

    private static BsonValue ToDecimal(BsonValue value) =>
        value switch
        {
            BsonBoolean flag => new BsonDecimal128(DecimalMath.FromLong(flag.Value ? 1 : 0)),
            BsonDateTime date => new BsonDecimal128(DecimalMath.FromLong(date.MillisecondsSinceEpoch)),
            BsonString text => Decimal128.TryParse(text.Value, out var parsed) && !HasEdgeSpace(text.Value)
                ? new BsonDecimal128(parsed)
                : throw Failure($"Failed to parse number '{text.Value}' in $convert with no onError value"),
            _ when Numbers.IsNumeric(value) => new BsonDecimal128(Numbers.ToDecimal(value)),
            _ => throw Unsupported(value, BsonType.Decimal128),
        };

    private static double ParseDouble(string text)
    {
        const NumberStyles styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (
            double.TryParse(text, styles, CultureInfo.InvariantCulture, out var number)
            && (
                double.IsFinite(number)
                || text.Contains("inf", StringComparison.OrdinalIgnoreCase)
                || text.Contains("nan", StringComparison.OrdinalIgnoreCase)
            )
        )
        {
            return number;
        }

        return text.ToLowerInvariant() switch
        {
            "inf" or "+inf" or "infinity" or "+infinity" => double.PositiveInfinity,
            "-inf" or "-infinity" => double.NegativeInfinity,
            "nan" => double.NaN,
            _ => throw Failure($"Failed to parse number '{text}' in $convert with no onError value: Did not consume whole string."),
        };
    }

    private static bool HasEdgeSpace(string text) => text.Length == 0 || char.IsWhiteSpace(text[0]) || char.IsWhiteSpace(text[^1]);

    private static MongoErrorException OutOfRange(BsonValue value) =>
        Failure($"Conversion would overflow target type in $convert with no onError value: {value}");

    private static MongoErrorException Unsupported(BsonValue value, BsonType target) =>
        Failure($"Unsupported conversion from {TypeNames.Of(value)} to {TypeOperand.AliasOf(target)} in $convert with no onError value");

    private static MongoErrorException Failure(string message) => new(MongoErrorCodes.ConversionFailure, message);
}
