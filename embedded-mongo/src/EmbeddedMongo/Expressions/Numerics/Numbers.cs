using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions.Numerics;

/// <summary>
/// Arithmetic on MongoDB's numeric types: int32 → int64 → double → Decimal128. A result has the wider type of its operands. An
/// int32 result that does not fit becomes an int64, an int64 result becomes a double. Callers ensure that operands are numeric.
/// </summary>
internal static class Numbers
{
    public static bool IsNumeric(BsonValue? value) => BsonNumbers.IsNumber(value);

    public static bool IsInteger(BsonValue? value) => value is BsonInt32 or BsonInt64;

    public static BsonValue Add(BsonValue a, BsonValue b)
    {
        if (a is BsonInt32 x && b is BsonInt32 y)
            return Int((long)x.Value + y.Value);
        if (IsInteger(a) && IsInteger(b))
        {
            var (left, right) = (a.ToInt64(), b.ToInt64());
            var sum = unchecked(left + right);
            return ((left ^ sum) & (right ^ sum)) < 0 ? new BsonDouble((double)left + right) : new BsonInt64(sum);
        }
        return IsDecimal(a, b)
            ? new BsonDecimal128(DecimalMath.Add(ToDecimal(a), ToDecimal(b)))
            : new BsonDouble(ToDouble(a) + ToDouble(b));
    }

    public static BsonValue Subtract(BsonValue a, BsonValue b)
    {
        if (a is BsonInt32 x && b is BsonInt32 y)
            return Int((long)x.Value - y.Value);
        if (IsInteger(a) && IsInteger(b))
        {
            var (left, right) = (a.ToInt64(), b.ToInt64());
            var difference = unchecked(left - right);
            return ((left ^ right) & (left ^ difference)) < 0 ? new BsonDouble((double)left - right) : new BsonInt64(difference);
        }
        return IsDecimal(a, b)
            ? new BsonDecimal128(DecimalMath.Subtract(ToDecimal(a), ToDecimal(b)))
            : new BsonDouble(ToDouble(a) - ToDouble(b));
    }

    public static BsonValue Multiply(BsonValue a, BsonValue b)
    {
        if (a is BsonInt32 x && b is BsonInt32 y)
            return Int((long)x.Value * y.Value);
        if (IsInteger(a) && IsInteger(b))
        {
            var (left, right) = (a.ToInt64(), b.ToInt64());
            var high = Math.BigMul(left, right, out var low);
            return high == low >> 63 ? new BsonInt64(low) : new BsonDouble((double)left * right);
        }
        return IsDecimal(a, b)
            ? new BsonDecimal128(DecimalMath.Multiply(ToDecimal(a), ToDecimal(b)))
            : new BsonDouble(ToDouble(a) * ToDouble(b));
    }

    /// <summary>Divides. The result is always a double or a decimal. The divisor must not be zero.</summary>
    public static BsonValue Divide(BsonValue a, BsonValue b) =>
        IsDecimal(a, b) ? new BsonDecimal128(DecimalMath.Divide(ToDecimal(a), ToDecimal(b))) : new BsonDouble(ToDouble(a) / ToDouble(b));

    /// <summary>Returns the truncated remainder, with the dividend's sign. The divisor must not be zero.</summary>
    public static BsonValue Remainder(BsonValue a, BsonValue b)
    {
        if (IsDecimal(a, b))
            return new BsonDecimal128(DecimalMath.Remainder(ToDecimal(a), ToDecimal(b)));
        // When dividing integers, a whole double is treated as an integer.
        if (a is BsonDouble || !TryDivisor(b, out var right))
            return new BsonDouble(ToDouble(a) % ToDouble(b));
        var remainder = right == -1 ? 0 : a.ToInt64() % right; // long.MinValue % -1 traps
        return a is BsonInt64 || b is BsonInt64 ? new BsonInt64(remainder) : new BsonInt32((int)remainder);
    }

    private static bool TryDivisor(BsonValue value, out long divisor)
    {
        if (value is BsonInt64 wide)
        {
            divisor = wide.Value;
            return true;
        }
        var whole = TryToInt32(value, out var narrow);
        divisor = narrow;
        return whole;
    }

    public static bool IsZero(BsonValue value) =>
        value switch
        {
            BsonInt32 i => i.Value == 0,
            BsonInt64 l => l.Value == 0,
            BsonDouble d => d.Value == 0,
            BsonDecimal128 m => DecimalMath.IsZero(m.Value),
            _ => false,
        };

    public static bool IsNegative(BsonValue value) =>
        value switch
        {
            BsonInt32 i => i.Value < 0,
            BsonInt64 l => l.Value < 0,
            BsonDouble d => d.Value < 0,
            BsonDecimal128 m => !Decimal128.IsNaN(m.Value) && DecimalMath.IsNegative(m.Value) && !DecimalMath.IsZero(m.Value),
            _ => false,
        };

    public static double ToDouble(BsonValue value) => BsonNumbers.ToDouble(value);

    public static Decimal128 ToDecimal(BsonValue value) =>
        value switch
        {
            BsonInt32 i => DecimalMath.FromLong(i.Value),
            BsonInt64 l => DecimalMath.FromLong(l.Value),
            BsonDouble d => DecimalMath.FromDouble(d.Value),
            BsonDecimal128 m => m.Value,
            _ => throw new InvalidOperationException($"{value.BsonType} is not numeric"),
        };

    /// <summary>Converts a whole number that fits an int32 ("representable as a 32-bit integer").</summary>
    public static bool TryToInt32(BsonValue? value, out int result)
    {
        var fits = BsonNumbers.TryToInt64(value, out var wide) && wide is >= int.MinValue and <= int.MaxValue;
        result = fits ? (int)wide : 0;
        return fits;
    }

    /// <summary>Returns an int32 if the value fits, otherwise an int64.</summary>
    public static BsonValue Int(long value) => value is >= int.MinValue and <= int.MaxValue ? (BsonValue)(int)value : new BsonInt64(value);

    private static bool IsDecimal(BsonValue a, BsonValue b) => a is BsonDecimal128 || b is BsonDecimal128;
}
