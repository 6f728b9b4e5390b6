using System.Globalization;
using System.Numerics;

namespace EmbeddedMongo.Expressions.Numerics;

/// <summary>An exact decimal number of any length: Signed × 10^Exponent. Every double has such a value.</summary>
internal readonly record struct ExactDecimal(BigInteger Signed, int Exponent)
{
    public bool IsZero => Signed.IsZero;

    /// <summary>Returns the double's exact value: its binary fraction in decimal digits.</summary>
    public static ExactDecimal OfDouble(double value)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        var exponent = (int)(bits >> 52 & 0x7ff);
        var mantissa = bits & 0xf_ffff_ffff_ffff;
        mantissa = exponent == 0 ? mantissa : mantissa | 1L << 52;
        exponent = (exponent == 0 ? 1 : exponent) - 1075;
        var signed = new BigInteger(bits < 0 ? -mantissa : mantissa);
        // m / 2^n = m · 5^n / 10^n
        return exponent >= 0 ? new ExactDecimal(signed << exponent, 0) : new ExactDecimal(signed * BigInteger.Pow(5, -exponent), exponent);
    }

    public ExactDecimal Round(int place, MidpointRounding mode)
    {
        var drop = -place - Exponent;
        if (drop <= 0)
            return this;
        var divisor = BigInteger.Pow(10, drop);
        var quotient = BigInteger.DivRem(BigInteger.Abs(Signed), divisor, out var remainder);
        if (
            mode == MidpointRounding.ToEven
            && (remainder << 1).CompareTo(divisor) is var half
            && (half > 0 || (half == 0 && !quotient.IsEven))
        )
        {
            quotient++;
        }

        return new ExactDecimal(Signed.Sign < 0 ? -quotient : quotient, -place);
    }

    public BigInteger ToBigInteger() => Exponent >= 0 ? Signed * BigInteger.Pow(10, Exponent) : Signed / BigInteger.Pow(10, -Exponent);

    public double ToDouble() =>
        double.Parse(string.Create(CultureInfo.InvariantCulture, $"{Signed}E{Exponent}"), CultureInfo.InvariantCulture);
}
