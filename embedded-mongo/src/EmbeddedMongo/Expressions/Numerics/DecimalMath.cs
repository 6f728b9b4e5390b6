using System.Globalization;
using System.Numerics;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions.Numerics;

/// <summary>Arithmetic on Decimal128, rounded to 34 digits (half to even). Infinities and NaN follow IEEE 754.</summary>
internal static class DecimalMath
{
    public static readonly Decimal128 NaN = Decimal128.QNaN;

    public static Decimal128 Add(Decimal128 a, Decimal128 b)
    {
        if (IsNotFinite(a) || IsNotFinite(b))
        {
            return Decimal128.IsNaN(a)
                || Decimal128.IsNaN(b)
                || (Decimal128.IsInfinity(a) && Decimal128.IsInfinity(b) && IsNegative(a) != IsNegative(b))
                    ? NaN
                : Decimal128.IsInfinity(a) ? a
                : b;
        }
        var (left, right) = (BigDecimal.Of(a), BigDecimal.Of(b));
        var exponent = Math.Min(left.Exponent, right.Exponent);
        var sum = left.SignedAt(exponent) + right.SignedAt(exponent);
        return sum.IsZero
            ? new BigDecimal(left.Negative && right.Negative, sum, exponent).ToDecimal128()
            : BigDecimal.OfSigned(sum, exponent).ToDecimal128();
    }

    public static Decimal128 Negate(Decimal128 value) =>
        Decimal128.FromIEEEBits(value.GetIEEEHighBits() ^ 1UL << 63, value.GetIEEELowBits());

    public static Decimal128 Abs(Decimal128 value) =>
        Decimal128.FromIEEEBits(value.GetIEEEHighBits() & ~(1UL << 63), value.GetIEEELowBits());

    public static Decimal128 Subtract(Decimal128 a, Decimal128 b) => Decimal128.IsNaN(b) ? NaN : Add(a, Negate(b));

    public static Decimal128 Multiply(Decimal128 a, Decimal128 b)
    {
        var negative = IsNegative(a) != IsNegative(b);
        if (IsNotFinite(a) || IsNotFinite(b))
            return Decimal128.IsNaN(a) || Decimal128.IsNaN(b) || IsZero(a) || IsZero(b) ? NaN : Infinity(negative);
        var (left, right) = (BigDecimal.Of(a), BigDecimal.Of(b));
        return new BigDecimal(negative, left.Coefficient * right.Coefficient, left.Exponent + right.Exponent).ToDecimal128();
    }

    public static Decimal128 Divide(Decimal128 a, Decimal128 b)
    {
        var negative = IsNegative(a) != IsNegative(b);
        if (
            Decimal128.IsNaN(a)
            || Decimal128.IsNaN(b)
            || (Decimal128.IsInfinity(a) && Decimal128.IsInfinity(b))
            || (IsZero(a) && IsZero(b))
        )
        {
            return NaN;
        }

        if (Decimal128.IsInfinity(a) || IsZero(b))
            return Infinity(negative);
        if (Decimal128.IsInfinity(b))
            return new BigDecimal(negative, 0, -6176).ToDecimal128();
        var (left, right) = (BigDecimal.Of(a), BigDecimal.Of(b));
        var preferred = left.Exponent - right.Exponent;
        if (left.Coefficient.IsZero)
            return new BigDecimal(negative, 0, preferred).ToDecimal128();
        var shift = Math.Max(0, BigDecimal.MaxDigits + 2 + BigDecimal.Digits(right.Coefficient) - BigDecimal.Digits(left.Coefficient));
        var quotient = BigInteger.DivRem(left.Coefficient * BigDecimal.Pow10(shift), right.Coefficient, out var remainder);
        return remainder.IsZero
            ? new BigDecimal(negative, quotient, preferred - shift).Reduce(preferred).ToDecimal128()
            // A sticky digit makes ties round correctly.
            : new BigDecimal(negative, quotient * 10 + 1, preferred - shift - 1).ToDecimal128();
    }

    /// <summary>Returns the remainder of the truncated quotient, with the dividend's sign.</summary>
    public static Decimal128 Remainder(Decimal128 a, Decimal128 b)
    {
        if (IsNotFinite(a) || Decimal128.IsNaN(b) || IsZero(b))
            return NaN;
        if (Decimal128.IsInfinity(b))
            return a;
        var (left, right) = (BigDecimal.Of(a), BigDecimal.Of(b));
        var exponent = Math.Min(left.Exponent, right.Exponent);
        var remainder = BigInteger.Remainder(left.SignedAt(exponent), right.SignedAt(exponent));
        return new BigDecimal(left.Negative, BigInteger.Abs(remainder), exponent).ToDecimal128();
    }

    public static Decimal128 Sqrt(Decimal128 value)
    {
        if (IsNotFinite(value) || IsZero(value))
            return value;
        var parts = BigDecimal.Of(value);
        var shift = Math.Max(0, 2 * (BigDecimal.MaxDigits + 2) - BigDecimal.Digits(parts.Coefficient));
        shift += (parts.Exponent - shift) & 1;
        var scaled = parts.Coefficient * BigDecimal.Pow10(shift);
        var root = IntegerSqrt(scaled);
        var exponent = (parts.Exponent - shift) / 2;
        return root * root == scaled
            ? new BigDecimal(false, root, exponent).Reduce(parts.Exponent >> 1).ToDecimal128()
            : new BigDecimal(false, root * 10 + 1, exponent - 1).ToDecimal128();
    }

    /// <summary>
    /// Rounds to <paramref name="place"/> decimal places (negative: left of the point). The result has that many places
    /// (3 rounded to one place is 3.0), as far as 34 digits allow.
    /// </summary>
    public static Decimal128 Round(Decimal128 value, int place, MidpointRounding mode)
    {
        if (IsNotFinite(value))
            return value;
        var parts = BigDecimal.Of(value);
        var drop = -place - parts.Exponent;
        if (drop <= 0)
        {
            return BigDecimal.Digits(parts.Coefficient) - drop <= BigDecimal.MaxDigits
                ? new BigDecimal(parts.Negative, parts.Coefficient * BigDecimal.Pow10(-drop), -place).ToDecimal128()
                : value;
        }
        if (drop > BigDecimal.MaxDigits + 1)
        {
            var roundsAway =
                !parts.Coefficient.IsZero
                && mode == (parts.Negative ? MidpointRounding.ToNegativeInfinity : MidpointRounding.ToPositiveInfinity);
            return new BigDecimal(parts.Negative, roundsAway ? 1 : 0, -place).ToDecimal128();
        }
        var divisor = BigDecimal.Pow10(drop);
        var quotient = BigInteger.DivRem(parts.Coefficient, divisor, out var remainder);
        var up = mode switch
        {
            MidpointRounding.ToEven => (remainder << 1).CompareTo(divisor) is var c && (c > 0 || (c == 0 && !quotient.IsEven)),
            MidpointRounding.ToNegativeInfinity => parts.Negative && !remainder.IsZero,
            MidpointRounding.ToPositiveInfinity => !parts.Negative && !remainder.IsZero,
            _ => false,
        };
        return new BigDecimal(parts.Negative, up ? quotient + 1 : quotient, -place).ToDecimal128();
    }

    /// <summary>Converts a double as MongoDB does: to 15 significant digits.</summary>
    public static Decimal128 FromDouble(double value)
    {
        if (!double.IsFinite(value))
            return double.IsNaN(value) ? NaN : Infinity(value < 0);
        if (value == 0)
        {
            // Zero gets 15 decimal places, like the numbers just above it.
            return new BigDecimal(double.IsNegative(value), 0, -15).ToDecimal128();
        }
        var text = Math.Abs(value).ToString("E14", CultureInfo.InvariantCulture);
        var e = text.IndexOf('E', StringComparison.Ordinal);
        var digits = BigInteger.Parse(text.AsSpan(0, 1).ToString() + text[2..e], CultureInfo.InvariantCulture);
        return new BigDecimal(
            value < 0,
            digits,
            int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) - 14
        ).ToDecimal128();
    }

    public static Decimal128 FromLong(long value) => BigDecimal.OfSigned(value, 0).ToDecimal128();

    public static bool IsNotFinite(Decimal128 value) => Decimal128.IsNaN(value) || Decimal128.IsInfinity(value);

    public static bool IsZero(Decimal128 value) => !IsNotFinite(value) && BigDecimal.Of(value).Coefficient.IsZero;

    public static bool IsNegative(Decimal128 value) => value.GetIEEEHighBits() >> 63 != 0;

    private static Decimal128 Infinity(bool negative) => negative ? Decimal128.NegativeInfinity : Decimal128.PositiveInfinity;

    private static BigInteger IntegerSqrt(BigInteger value)
    {
        var root = BigInteger.One << (int)((value.GetBitLength() + 1) / 2);
        while (true)
        {
            var next = (root + value / root) >> 1;
            if (next >= root)
                return root;
            root = next;
        }
    }
}
