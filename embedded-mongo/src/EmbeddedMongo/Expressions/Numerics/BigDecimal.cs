using System.Globalization;
using System.Numerics;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions.Numerics;

/// <summary>
/// The parts of a finite Decimal128: (-1)^Negative × Coefficient × 10^Exponent. The driver's type has no arithmetic, so
/// results are computed on integers of any length and rounded to 34 digits (IEEE 754-2008, half to even).
/// </summary>
internal readonly record struct BigDecimal(bool Negative, BigInteger Coefficient, int Exponent)
{
    public const int MaxDigits = 34;
    private const int Bias = 6176;
    private const int MinExponent = -6176;
    private const int MaxExponent = 6111;

    private static readonly BigInteger Limit = BigInteger.Pow(10, MaxDigits);

    public BigInteger Signed => Negative ? -Coefficient : Coefficient;

    /// <summary>Decodes a finite value; a non-canonical coefficient is zero.</summary>
    public static BigDecimal Of(Decimal128 value)
    {
        var parts = DecimalParts.Of(value);
        return new BigDecimal(parts.Negative, parts.Coefficient, parts.Exponent);
    }

    public static BigDecimal OfSigned(BigInteger signed, int exponent) => new(signed.Sign < 0, BigInteger.Abs(signed), exponent);

    /// <summary>Rounds to 34 digits and the exponent's range. Returns infinity on overflow.</summary>
    public Decimal128 ToDecimal128()
    {
        var coefficient = Coefficient;
        var exponent = Exponent;
        if (coefficient.IsZero)
            return Pack(Negative, coefficient, Math.Clamp(exponent, MinExponent, MaxExponent));
        var drop = Math.Max(Digits(coefficient) - MaxDigits, MinExponent - exponent);
        if (drop > 0)
        {
            coefficient = DropDigits(coefficient, drop);
            exponent += drop;
            if (coefficient == Limit)
            {
                coefficient /= 10;
                exponent++;
            }
        }
        while (exponent > MaxExponent && coefficient * 10 < Limit)
        {
            coefficient *= 10;
            exponent--;
        }
        if (exponent > MaxExponent)
            return Negative ? Decimal128.NegativeInfinity : Decimal128.PositiveInfinity;
        return Pack(Negative, coefficient, coefficient.IsZero ? Math.Clamp(exponent, MinExponent, MaxExponent) : exponent);
    }

    /// <summary>Removes trailing zeros from the coefficient until the exponent reaches <paramref name="preferred"/>.</summary>
    public BigDecimal Reduce(int preferred)
    {
        var coefficient = Coefficient;
        var exponent = Exponent;
        while (exponent < preferred && !coefficient.IsZero)
        {
            var quotient = BigInteger.DivRem(coefficient, 10, out var remainder);
            if (!remainder.IsZero)
                break;
            coefficient = quotient;
            exponent++;
        }
        return new BigDecimal(Negative, coefficient, exponent);
    }

    /// <summary>Returns the signed coefficient for a smaller (or equal) exponent.</summary>
    public BigInteger SignedAt(int exponent) => Signed * Pow10(Exponent - exponent);

    public static BigInteger Pow10(int power) => BigInteger.Pow(10, power);

    public static int Digits(BigInteger value) => value.IsZero ? 1 : BigInteger.Abs(value).ToString(CultureInfo.InvariantCulture).Length;

    /// <summary>Divides a positive integer by 10^count, rounding half to even.</summary>
    public static BigInteger DropDigits(BigInteger value, int count)
    {
        var divisor = Pow10(count);
        var quotient = BigInteger.DivRem(value, divisor, out var remainder);
        var twice = (remainder << 1).CompareTo(divisor);
        return twice > 0 || (twice == 0 && !quotient.IsEven) ? quotient + 1 : quotient;
    }

    private static Decimal128 Pack(bool negative, BigInteger coefficient, int exponent)
    {
        var low = (ulong)(coefficient & ulong.MaxValue);
        var high = (ulong)(coefficient >> 64) | (ulong)(exponent + Bias) << 49;
        return Decimal128.FromIEEEBits(negative ? high | 1UL << 63 : high, low);
    }
}
