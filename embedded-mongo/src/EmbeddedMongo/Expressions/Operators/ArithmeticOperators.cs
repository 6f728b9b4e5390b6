using EmbeddedMongo.Errors;
using EmbeddedMongo.Expressions.Numerics;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions.Operators;

/// <summary>$add, $subtract, $multiply, $divide, $mod and $abs (manual: "Arithmetic Expression Operators").</summary>
internal static class ArithmeticOperators
{
    public static void AddTo(OperatorTable table)
    {
        table.UntilNull("$add", Add);
        table.UntilNull("$multiply", Multiply);
        table.Binary("$subtract", Subtract);
        table.Binary("$divide", Divide);
        table.Binary("$mod", Mod);
        table.Unary("$abs", Abs);
    }

    public static BsonValue Add(BsonValue?[] operands)
    {
        BsonValue sum = BsonZero;
        BsonDateTime? date = null;
        foreach (var operand in operands)
        {
            if (operand.IsNullish())
                return BsonNull.Value;
            if (operand is BsonDateTime instant)
            {
                date = date is null ? instant : throw MongoErrorException.Location(16612, "only one date allowed in an $add expression");
            }
            else
            {
                RequireNumber(operand, "$add only supports numeric or date types, not ");
                sum = Numbers.Add(sum, operand);
            }
        }
        return date is null ? sum : ShiftDate(date, sum, 1);
    }

    public static BsonValue Multiply(BsonValue?[] operands)
    {
        BsonValue product = BsonOne;
        foreach (var operand in operands)
        {
            if (operand.IsNullish())
                return BsonNull.Value;
            RequireNumber(operand, "$multiply only supports numeric types, not ");
            product = Numbers.Multiply(product, operand);
        }
        return product;
    }

    public static BsonValue Subtract(BsonValue? left, BsonValue? right)
    {
        if (left.IsNullish() || right.IsNullish())
            return BsonNull.Value;
        if (left is BsonDateTime from)
        {
            if (right is BsonDateTime to)
                return new BsonInt64(unchecked(from.MillisecondsSinceEpoch - to.MillisecondsSinceEpoch));
            if (Numbers.IsNumeric(right))
                return ShiftDate(from, right, -1);
        }
        else if (Numbers.IsNumeric(left) && Numbers.IsNumeric(right))
        {
            return Numbers.Subtract(left, right);
        }

        throw MongoErrorException.TypeMismatch($"can't $subtract {TypeNames.Of(right)} from {TypeNames.Of(left)}");
    }

    private static BsonValue Divide(BsonValue? left, BsonValue? right)
    {
        if (left.IsNullish() || right.IsNullish())
            return BsonNull.Value;
        if (!Numbers.IsNumeric(left) || !Numbers.IsNumeric(right))
        {
            throw MongoErrorException.TypeMismatch(
                $"$divide only supports numeric types, not {TypeNames.Of(left)} and {TypeNames.Of(right)}"
            );
        }

        return Numbers.IsZero(right) ? throw MongoErrorException.BadValue("can't $divide by zero") : Numbers.Divide(left, right);
    }

    private static BsonValue Mod(BsonValue? left, BsonValue? right)
    {
        if (left.IsNullish() || right.IsNullish())
            return BsonNull.Value;
        if (!Numbers.IsNumeric(left) || !Numbers.IsNumeric(right))
        {
            throw MongoErrorException.Location(
                16611,
                $"$mod only supports numeric types, not {TypeNames.Of(left)} and {TypeNames.Of(right)}"
            );
        }

        return Numbers.IsZero(right) ? throw MongoErrorException.Location(16610, "can't $mod by zero") : Numbers.Remainder(left, right);
    }

    private static BsonValue Abs(BsonValue? value)
    {
        switch (value)
        {
            case BsonInt32 number:
                return Numbers.Int(Math.Abs((long)number.Value));
            case BsonInt64 number:
                return number.Value == long.MinValue
                    ? throw MongoErrorException.Location(28680, "can't take $abs of long long min")
                    : new BsonInt64(Math.Abs(number.Value));
            case BsonDouble number:
                return new BsonDouble(Math.Abs(number.Value));
            case BsonDecimal128 number:
                return new BsonDecimal128(DecimalMath.Abs(number.Value));
            default:
                return Numeric.NullOrThrow(value, "$abs");
        }
    }

    private static readonly BsonInt32 BsonZero = new(0);
    private static readonly BsonInt32 BsonOne = new(1);

    private static BsonDateTime ShiftDate(BsonDateTime date, BsonValue by, int sign)
    {
        // Fractions of a millisecond are rounded half away from zero. Sums outside int64 overflow.
        var shift = by switch
        {
            BsonInt32 or BsonInt64 => by.ToInt64(),
            _ when BsonNumbers.ToDouble(by) is var d && Math.Abs(d) < 9.2e18 => (long)Math.Round(d, MidpointRounding.AwayFromZero),
            _ => throw MongoErrorException.Overflow("date overflow"),
        };
        try
        {
            return new BsonDateTime(checked(date.MillisecondsSinceEpoch + checked(sign * shift)));
        }
        catch (OverflowException)
        {
            throw MongoErrorException.Overflow("date overflow");
        }
    }

    private static void RequireNumber(BsonValue value, string message)
    {
        if (!Numbers.IsNumeric(value))
            throw MongoErrorException.TypeMismatch(message + TypeNames.Of(value));
    }
}

/// <summary>Helper of the numeric operators with one operand.</summary>
internal static class Numeric
{
    /// <summary>Returns null for null; otherwise throws error 28765 (not a number).</summary>
    public static BsonValue NullOrThrow(BsonValue? value, string name) =>
        value.IsNullish()
            ? BsonNull.Value
            : throw MongoErrorException.Location(28765, $"{name} only supports numeric types, not {TypeNames.Of(value)}");
}
