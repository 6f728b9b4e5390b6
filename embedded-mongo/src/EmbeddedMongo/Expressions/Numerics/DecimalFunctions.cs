using System.Numerics;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions.Numerics;

/// <summary>
/// Exponentials and logarithms of Decimal128 to its 34 digits: fixed-point series with 60 decimal places, rounded once at the end.
/// </summary>
internal static class DecimalFunctions
{
    private const int Scale = 60;
    private static readonly BigInteger One = BigInteger.Pow(10, Scale);
    private static readonly Lazy<BigInteger> Ln10 = new(() => LogNear(One * 10 / 8) + 3 * LogNear(One * 2));

    public static Decimal128 Exp(Decimal128 value)
    {
        if (Decimal128.IsNaN(value))
            return value;
        var approximate = Numbers.ToDouble(new BsonDecimal128(value));
        if (Math.Abs(approximate) > 15_000)
            return approximate > 0 ? Decimal128.PositiveInfinity : new BigDecimal(false, 0, -6176).ToDecimal128();
        return ExpFixed(ToFixed(BigDecimal.Of(value))).ToDecimal128();
    }

    public static Decimal128 Log(Decimal128 value)
    {
        if (DecimalMath.IsNotFinite(value))
            return value;
        return BigDecimal.OfSigned(LogFixed(value), -Scale).Reduce(0).ToDecimal128();
    }

    public static Decimal128 Log10(Decimal128 value) => DecimalMath.IsNotFinite(value) ? value : Quotient(LogFixed(value), Ln10.Value);

    public static Decimal128 Log(Decimal128 value, Decimal128 @base) =>
        DecimalMath.IsNotFinite(value) || DecimalMath.IsNotFinite(@base)
            ? DecimalMath.Divide(Log(value), Log(@base))
            : Quotient(LogFixed(value), LogFixed(@base));

    public static Decimal128 Pow(Decimal128 @base, Decimal128 exponent)
    {
        if (DecimalMath.IsZero(exponent))
            return DecimalMath.FromLong(1);
        if (DecimalMath.IsNotFinite(@base) || DecimalMath.IsNotFinite(exponent))
        {
            return DecimalMath.FromDouble(
                Math.Pow(Numbers.ToDouble(new BsonDecimal128(@base)), Numbers.ToDouble(new BsonDecimal128(exponent)))
            );
        }

        if (DecimalMath.IsZero(@base))
            return DecimalMath.FromLong(0);
        if (Numbers.TryToInt32(new BsonDecimal128(exponent), out var whole))
            return IntegerPow(@base, whole);
        if (DecimalMath.IsNegative(@base))
            return DecimalMath.NaN;
        var power = LogFixed(@base) * ToFixed(BigDecimal.Of(exponent)) / One;
        return BigInteger.Abs(power) > One * 15_000
            ? power.Sign > 0
                ? Decimal128.PositiveInfinity
                : new BigDecimal(false, 0, -6176).ToDecimal128()
            : ExpFixed(power).ToDecimal128();
    }

    /// <summary>Squares and multiplies with 80 digits, so that all 34 are correct.</summary>
    private static Decimal128 IntegerPow(Decimal128 @base, int exponent)
    {
        var parts = BigDecimal.Of(@base);
        BigInteger result = 1,
            factor = parts.Coefficient;
        long resultExponent = 0,
            factorExponent = parts.Exponent;
        for (var remaining = Math.Abs((long)exponent); remaining > 0; remaining >>= 1)
        {
            if ((remaining & 1) != 0)
                (result, resultExponent) = Shorten(result * factor, resultExponent + factorExponent);
            (factor, factorExponent) = Shorten(factor * factor, factorExponent * 2);
        }
        var negative = parts.Negative && (exponent & 1) != 0;
        var power = new BigDecimal(negative, result, (int)Math.Clamp(resultExponent, -20_000, 20_000));
        if (exponent >= 0)
            return power.ToDecimal128();
        var digits = BigDecimal.Digits(result) + BigDecimal.MaxDigits + 2;
        return new BigDecimal(negative, BigDecimal.Pow10(digits) / result, -digits - power.Exponent).Reduce(0).ToDecimal128();
    }

    private static (BigInteger, long) Shorten(BigInteger value, long exponent)
    {
        var drop = BigDecimal.Digits(value) - 80;
        return drop > 0 ? (BigDecimal.DropDigits(value, drop), Math.Clamp(exponent + drop, -1_000_000, 1_000_000)) : (value, exponent);
    }

    private static Decimal128 Quotient(BigInteger a, BigInteger b) =>
        BigDecimal.OfSigned(a * One / b, -Scale) is var q && Nearest(q) is { } whole ? whole : q.Reduce(0).ToDecimal128();

    /// <summary>Returns the whole number that a quotient of logarithms equals within the error of the series, or null.</summary>
    private static Decimal128? Nearest(BigDecimal quotient)
    {
        var rounded = BigDecimal.DropDigits(quotient.Coefficient, Scale);
        var error = BigInteger.Abs(quotient.Coefficient - rounded * One);
        return error < 1_000_000 ? new BigDecimal(quotient.Negative && !rounded.IsZero, rounded, 0).ToDecimal128() : null;
    }

    private static BigInteger ToFixed(BigDecimal value)
    {
        var shift = value.Exponent + Scale;
        return shift >= 0 ? value.Signed * BigDecimal.Pow10(shift) : value.Signed / BigDecimal.Pow10(-shift);
    }

    /// <summary>Returns e^x: takes out the power of ten, evaluates the series for 2^-32 of the rest, and squares the result back.</summary>
    private static BigDecimal ExpFixed(BigInteger x)
    {
        var tens = BigInteger.Divide(x, Ln10.Value);
        const int halvings = 32;
        var small = (x - tens * Ln10.Value) >> halvings;
        BigInteger sum = One,
            term = One;
        for (var n = 1; !term.IsZero && n < 100; n++)
        {
            term = term * small / One / n;
            sum += term;
        }
        for (var i = 0; i < halvings; i++)
            sum = sum * sum / One;
        var exact = x.IsZero ? new BigDecimal(false, 1, 0) : new BigDecimal(false, sum, (int)tens - Scale);
        return exact;
    }

    /// <summary>Returns ln of a positive finite value: scales the coefficient into [1, 10) and adds the powers of ten.</summary>
    private static BigInteger LogFixed(Decimal128 value)
    {
        var parts = BigDecimal.Of(value);
        var digits = BigDecimal.Digits(parts.Coefficient);
        var scaled = parts.Coefficient * BigDecimal.Pow10(Scale - digits + 1);
        return LogNear(scaled) + (parts.Exponent + digits - 1) * Ln10.Value;
    }

    /// <summary>Returns ln x for x in [1, 10), as 2·atanh((x-1)/(x+1)).</summary>
    private static BigInteger LogNear(BigInteger x)
    {
        if (x == One)
            return BigInteger.Zero;
        var z = (x - One) * One / (x + One);
        var square = z * z / One;
        BigInteger sum = z,
            term = z;
        for (var n = 3; !term.IsZero; n += 2)
        {
            term = term * square / One;
            sum += term / n;
        }
        return sum * 2;
    }
}
