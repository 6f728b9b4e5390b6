using EmbeddedMongo.Errors;
using EmbeddedMongo.Expressions.Numerics;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions.Operators;

/// <summary>$ceil, $floor, $round and $trunc. Integers stay integers; $round rounds halves to even.</summary>
internal static class RoundingOperators
{
    public static void AddTo(OperatorTable table)
    {
        table.Unary("$ceil", v => Whole(v, "$ceil", MidpointRounding.ToPositiveInfinity));
        table.Unary("$floor", v => Whole(v, "$floor", MidpointRounding.ToNegativeInfinity));
        table.Variadic("$round", o => ToPlace(o, "$round", MidpointRounding.ToEven), 1, 2);
        table.Variadic("$trunc", o => ToPlace(o, "$trunc", MidpointRounding.ToZero), 1, 2);
    }

    private static BsonValue Whole(BsonValue? value, string name, MidpointRounding mode) =>
        value switch
        {
            BsonInt32 or BsonInt64 => value,
            BsonDouble number => new BsonDouble(Math.Round(number.Value, mode)),
            BsonDecimal128 number => new BsonDecimal128(DecimalMath.Round(number.Value, 0, mode)),
            _ => Numeric.NullOrThrow(value, name),
        };

    private static BsonValue ToPlace(BsonValue?[] operands, string name, MidpointRounding mode)
    {
        var value = operands[0];
        if (value.IsNullish() || (operands.Length == 2 && operands[1].IsNullish()))
            return BsonNull.Value;
        if (!Numbers.IsNumeric(value))
            throw MongoErrorException.Location(51081, $"{name} only supports numeric types, not {TypeNames.Of(value)}");
        var place = operands.Length == 1 ? 0 : Place(operands[1]!, name);
        return value switch
        {
            BsonInt32 or BsonInt64 => RoundInteger(value, place, mode, name),
            BsonDecimal128 number => new BsonDecimal128(DecimalMath.Round(number.Value, place, mode)),
            _ => new BsonDouble(RoundDouble(value.AsDouble, place, mode)),
        };
    }

    private static int Place(BsonValue place, string name)
    {
        if (!BsonNumbers.TryToInt64(place, out var whole))
            throw MongoErrorException.Location(51082, $"precision argument to {name} must be a integral value");
        return whole is >= -20 and <= 100
            ? (int)whole
            : throw MongoErrorException.Location(51083, $"cannot apply {name} with precision value {whole} value must be in [-20, 100]");
    }

    /// <summary>Rounds the exact decimal expansion of the double, so that 2.675 (stored as slightly less) rounds down.</summary>
    private static double RoundDouble(double value, int place, MidpointRounding mode)
    {
        if (!double.IsFinite(value) || place > 17 + 308)
            return value;
        if (place == 0)
            return Math.Round(value, mode);
        var rounded = ExactDecimal.OfDouble(value).Round(place, mode);
        return rounded.IsZero && double.IsNegative(value) ? -0.0 : rounded.ToDouble();
    }

    private static BsonValue RoundInteger(BsonValue value, int place, MidpointRounding mode, string name)
    {
        if (place >= 0)
            return value;
        var rounded = new ExactDecimal(value.ToInt64(), 0).Round(place, mode).ToBigInteger();
        if (rounded < long.MinValue || rounded > long.MaxValue)
        {
            throw MongoErrorException.Location(
                51080,
                $"invalid conversion from Decimal128 result in {name} resulting from arguments: [{value}, {place}]"
            );
        }

        return value is BsonInt32 ? Numbers.Int((long)rounded) : new BsonInt64((long)rounded);
    }
}
