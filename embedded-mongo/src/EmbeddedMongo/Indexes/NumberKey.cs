using System.Buffers.Binary;
using System.Numerics;
using EmbeddedMongo.Bson;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Indexes;

/// <summary>
/// An exact encoding of int32, int64, double and Decimal128: sign tag, biased binary exponent (2 bytes), 64 bits of mantissa. Integers and
/// doubles always fit. A decimal that does not fit (0.1 has no finite binary form) has 64 more bits, since any two decimals of 34 digits
/// differ within 114 bits. Values with 64 bits end with 0, longer ones with 1 and the remaining bits.
/// </summary>
internal static class NumberKey
{
    private const int ExponentBias = 0x8000;

    public static void Append(PooledBuffer key, BsonValue value)
    {
        switch (value.BsonType)
        {
            case BsonType.Int32:
                AppendInt64(key, ((BsonInt32)value).Value);
                break;
            case BsonType.Int64:
                AppendInt64(key, ((BsonInt64)value).Value);
                break;
            case BsonType.Double:
                AppendDouble(key, ((BsonDouble)value).Value);
                break;
            default:
                AppendDecimal(key, DecimalParts.Of(((BsonDecimal128)value).Value));
                break;
        }
    }

    public static void AppendInt64(PooledBuffer key, long value)
    {
        if (value == 0)
        {
            key.WriteByte(KeyTags.Zero);
            return;
        }

        var magnitude = value < 0 ? unchecked((ulong)-value) : (ulong)value;
        var shift = BitOperations.LeadingZeroCount(magnitude);
        AppendFinite(key, value < 0, 63 - shift, magnitude << shift, 0, exact: true);
    }

    public static void AppendDouble(PooledBuffer key, double value)
    {
        if (double.IsNaN(value))
        {
            key.WriteByte(KeyTags.NaN);
        }
        else if (double.IsInfinity(value))
        {
            key.WriteByte(value < 0 ? KeyTags.NegativeInfinity : KeyTags.PositiveInfinity);
        }
        else if (value == 0)
        {
            key.WriteByte(KeyTags.Zero);
        }
        else
        {
            var bits = BitConverter.DoubleToUInt64Bits(value);
            var exponent = (int)(bits >> 52) & 0x7FF;
            var fraction = bits & 0xF_FFFF_FFFF_FFFF;
            var mantissa = exponent == 0 ? fraction : fraction | (1UL << 52);
            var shift = BitOperations.LeadingZeroCount(mantissa);
            AppendFinite(key, value < 0, Math.Max(exponent, 1) - 1075 + 63 - shift, mantissa << shift, 0, exact: true);
        }
    }

    private static void AppendDecimal(PooledBuffer key, DecimalParts parts)
    {
        if (parts.Kind != DecimalKind.Finite)
        {
            key.WriteByte(
                parts.Kind == DecimalKind.NaN ? KeyTags.NaN
                : parts.Negative ? KeyTags.NegativeInfinity
                : KeyTags.PositiveInfinity
            );
            return;
        }

        if (parts.IsZero)
        {
            key.WriteByte(KeyTags.Zero);
            return;
        }

        var numerator = (BigInteger)parts.Coefficient * BigInteger.Pow(10, Math.Max(parts.Exponent, 0));
        var denominator = BigInteger.Pow(10, Math.Max(-parts.Exponent, 0));

        // Scale by a power of two until the quotient has 128 bits or one more.
        var scale = 128 - (int)(numerator.GetBitLength() - denominator.GetBitLength());
        var quotient = BigInteger.DivRem(
            scale > 0 ? numerator << scale : numerator,
            scale < 0 ? denominator << -scale : denominator,
            out var remainder
        );
        var bits = (int)quotient.GetBitLength();
        var exact = remainder.IsZero;
        if (bits > 128)
        {
            exact &= quotient.IsEven;
            quotient >>= 1;
        }
        else if (bits < 128)
        {
            quotient <<= 128 - bits;
        }

        var mantissa = (UInt128)quotient;
        AppendFinite(key, parts.Negative, bits - 1 - scale, (ulong)(mantissa >> 64), (ulong)mantissa, exact);
    }

    private static void AppendFinite(PooledBuffer key, bool negative, int exponent, ulong mantissa, ulong rest, bool exact)
    {
        key.WriteByte(negative ? KeyTags.Negative : KeyTags.Positive);
        var longer = rest != 0 || !exact;
        var start = key.Length;
        BinaryPrimitives.WriteUInt16BigEndian(key.Append(2), (ushort)(exponent + ExponentBias));
        BinaryPrimitives.WriteUInt64BigEndian(key.Append(8), mantissa);
        key.WriteByte(longer ? (byte)1 : (byte)0);
        if (longer)
            BinaryPrimitives.WriteUInt64BigEndian(key.Append(8), rest);

        if (negative)
        {
            var written = key.Written(start, key.Length - start);
            for (var i = 0; i < written.Length; i++)
                written[i] = (byte)~written[i];
        }
    }
}
