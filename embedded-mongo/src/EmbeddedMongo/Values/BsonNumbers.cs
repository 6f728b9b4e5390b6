using System.Runtime.CompilerServices;
using MongoDB.Bson;

namespace EmbeddedMongo.Values;

/// <summary>
/// Exact comparison and conversion of int32, int64, double and Decimal128 values. 2^53 and its neighbors remain distinct, and NaN is the
/// smallest value.
/// </summary>
internal static class BsonNumbers
{
    public static bool IsNumber(BsonValue? value) =>
        value is not null && value.BsonType is BsonType.Int32 or BsonType.Int64 or BsonType.Double or BsonType.Decimal128;

    public static bool IsNaN(BsonValue? value) =>
        value switch
        {
            BsonDouble number => double.IsNaN(number.Value),
            BsonDecimal128 number => Decimal128.IsNaN(number.Value),
            _ => false,
        };

    /// <summary>Compares two values, which must be numbers.</summary>
    public static int Compare(BsonValue a, BsonValue b)
    {
        switch (a)
        {
            case BsonInt32 left:
                return b is BsonInt32 int32 ? left.Value.CompareTo(int32.Value) : CompareInt64(left.Value, b);
            case BsonInt64 left:
                return CompareInt64(left.Value, b);
            case BsonDouble left:
                return b switch
                {
                    BsonDouble right => CompareDoubles(left.Value, right.Value),
                    BsonInt32 right => CompareDoubles(left.Value, right.Value),
                    BsonInt64 right => -CompareInt64ToDouble(right.Value, left.Value),
                    _ => -DecimalParts.Of(((BsonDecimal128)b).Value).CompareTo(left.Value),
                };
            default:
                var parts = DecimalParts.Of(((BsonDecimal128)a).Value);
                return b switch
                {
                    BsonDouble right => parts.CompareTo(right.Value),
                    BsonInt32 right => parts.CompareTo(FromInt64(right.Value)),
                    BsonInt64 right => parts.CompareTo(FromInt64(right.Value)),
                    _ => parts.CompareTo(DecimalParts.Of(((BsonDecimal128)b).Value)),
                };
        }
    }

    /// <summary>Returns the nearest double. The value must be a number.</summary>
    public static double ToDouble(BsonValue value) =>
        value switch
        {
            BsonInt32 number => number.Value,
            BsonInt64 number => number.Value,
            BsonDouble number => number.Value,
            _ => DecimalParts.Of(((BsonDecimal128)value).Value).ToDouble(),
        };

    /// <summary>Converts a number without a fraction that fits into 64 bits.</summary>
    public static bool TryToInt64(BsonValue? value, out long result)
    {
        switch (value)
        {
            case BsonInt32 number:
                result = number.Value;
                return true;
            case BsonInt64 number:
                result = number.Value;
                return true;
            case BsonDouble { Value: >= -9223372036854775808d and < 9223372036854775808d } number:
                result = (long)number.Value;
                return result == number.Value;
            case BsonDecimal128 number:
                return DecimalParts.Of(number.Value).TryToInt64(out result);
            default:
                result = 0;
                return false;
        }
    }

    public static int CompareInt64ToDouble(long left, double right)
    {
        const long exact = 1L << 53;
        if (double.IsNaN(right))
            return 1;

        if (left is >= -exact and <= exact)
            return ((double)left).CompareTo(right);

        if (right >= 9223372036854775808d)
            return -1;

        // A double of this size has no fraction, so the cast is exact.
        return right < -9223372036854775808d ? 1 : left.CompareTo((long)right);
    }

    private static int CompareInt64(long left, BsonValue b) =>
        b switch
        {
            BsonInt32 right => left.CompareTo(right.Value),
            BsonInt64 right => left.CompareTo(right.Value),
            BsonDouble right => CompareInt64ToDouble(left, right.Value),
            _ => FromInt64(left).CompareTo(DecimalParts.Of(((BsonDecimal128)b).Value)),
        };

    // double.CompareTo already sorts NaN first and treats -0 as equal to 0.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int CompareDoubles(double left, double right) => left.CompareTo(right);

    private static DecimalParts FromInt64(long value) =>
        new(value < 0, value < 0 ? (UInt128)(ulong)unchecked(-value) : (UInt128)(ulong)value, 0, DecimalKind.Finite);
}
