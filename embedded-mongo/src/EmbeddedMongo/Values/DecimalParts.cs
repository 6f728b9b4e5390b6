using System.Globalization;
using System.Numerics;
using MongoDB.Bson;

namespace EmbeddedMongo.Values;

/// <summary>
/// The components of a Decimal128 (IEEE 754-2008 binary integer decimal encoding): ±coefficient·10^exponent, or a special value.
/// </summary>
internal readonly record struct DecimalParts(bool Negative, UInt128 Coefficient, int Exponent, DecimalKind Kind)
{
    private const ulong SignBit = 0x8000_0000_0000_0000;
    private const int ExponentBias = 6176;
    private static readonly UInt128 MaxCoefficient = UInt128.Parse("9999999999999999999999999999999999", CultureInfo.InvariantCulture);
    private static readonly UInt128[] PowersOfTen = BuildPowers();

    public bool IsZero => Kind == DecimalKind.Finite && Coefficient == UInt128.Zero;

    public static DecimalParts Of(Decimal128 value)
    {
        var high = value.GetIEEEHighBits();
        var low = value.GetIEEELowBits();
        var negative = (high & SignBit) != 0;
        switch ((high >> 58) & 0x1F)
        {
            case 0x1F:
                return new(negative, UInt128.Zero, 0, DecimalKind.NaN);
            case 0x1E:
                return new(negative, UInt128.Zero, 0, DecimalKind.Infinity);
            default:
                break;
        }

        if (((high >> 61) & 3) == 3)
        {
            // The second form encodes coefficients of more than 34 digits, which the standard treats as zero.
            return new(negative, UInt128.Zero, (int)((high >> 47) & 0x3FFF) - ExponentBias, DecimalKind.Finite);
        }

        var coefficient = new UInt128(high & 0x0001_FFFF_FFFF_FFFF, low);
        var exponent = (int)((high >> 49) & 0x3FFF) - ExponentBias;
        return new(negative, coefficient > MaxCoefficient ? UInt128.Zero : coefficient, exponent, DecimalKind.Finite);
    }

    public int CompareTo(DecimalParts other)
    {
        if (Kind == DecimalKind.NaN || other.Kind == DecimalKind.NaN)
            return (other.Kind == DecimalKind.NaN ? 1 : 0) - (Kind == DecimalKind.NaN ? 1 : 0);

        var sign = Sign;
        var otherSign = other.Sign;
        if (sign != otherSign || sign == 0)
            return sign.CompareTo(otherSign);

        if (Kind == DecimalKind.Infinity || other.Kind == DecimalKind.Infinity)
            return sign * ((Kind == DecimalKind.Infinity ? 1 : 0) - (other.Kind == DecimalKind.Infinity ? 1 : 0));

        var digits = CountDigits(Coefficient);
        var otherDigits = CountDigits(other.Coefficient);
        var magnitude = (digits + Exponent).CompareTo(otherDigits + other.Exponent);
        if (magnitude != 0)
            return sign * magnitude;

        // Both have the same number of digits before the point, so scaling the shorter one stays within 34 digits.
        return Exponent >= other.Exponent
            ? sign * (Coefficient * PowersOfTen[Exponent - other.Exponent]).CompareTo(other.Coefficient)
            : sign * Coefficient.CompareTo(other.Coefficient * PowersOfTen[other.Exponent - Exponent]);
    }

    /// <summary>Compares with the exact binary value of a double, which is rarely a short decimal.</summary>
    public int CompareTo(double other)
    {
        if (Kind == DecimalKind.NaN || double.IsNaN(other))
            return (double.IsNaN(other) ? 1 : 0) - (Kind == DecimalKind.NaN ? 1 : 0);

        if (Kind == DecimalKind.Infinity || double.IsInfinity(other))
        {
            var mine = Kind == DecimalKind.Infinity ? Sign : 0;
            var theirs = double.IsInfinity(other) ? Math.Sign(other) : 0;
            return mine.CompareTo(theirs);
        }

        var sign = Sign;
        if (sign != Math.Sign(other) || sign == 0)
            return sign.CompareTo(Math.Sign(other));

        var approximate = ToDouble();
        if (approximate != other)
            return approximate.CompareTo(other);

        var bits = BitConverter.DoubleToInt64Bits(Math.Abs(other));
        var exponent = (int)(bits >> 52);
        var mantissa = new BigInteger(bits & 0xF_FFFF_FFFF_FFFF);
        mantissa = exponent == 0 ? mantissa : mantissa + (BigInteger.One << 52);
        exponent = Math.Max(exponent, 1) - 1075;
        BigInteger left = (BigInteger)Coefficient,
            right = mantissa;
        left *= BigInteger.Pow(10, Math.Max(Exponent, 0));
        right *= BigInteger.Pow(10, Math.Max(-Exponent, 0));
        left <<= Math.Max(-exponent, 0);
        right <<= Math.Max(exponent, 0);
        return sign * left.CompareTo(right);
    }

    /// <summary>Returns the nearest double.</summary>
    public double ToDouble()
    {
        if (Kind != DecimalKind.Finite)
        {
            return Kind == DecimalKind.NaN ? double.NaN
                : Negative ? double.NegativeInfinity
                : double.PositiveInfinity;
        }

        // One operation rounds correctly if the coefficient and the power of ten are exact doubles.
        if (Coefficient <= 1UL << 53 && Exponent is >= -22 and <= 22)
        {
            var magnitude =
                Exponent < 0 ? (double)Coefficient / (double)PowersOfTen[-Exponent] : (double)Coefficient * (double)PowersOfTen[Exponent];
            return Negative ? -magnitude : magnitude;
        }

        var text = string.Create(CultureInfo.InvariantCulture, $"{(Negative ? "-" : "")}{Coefficient}E{Exponent}");
        return double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
    }

    /// <summary>Converts a whole number that fits into 64 bits.</summary>
    public bool TryToInt64(out long value)
    {
        value = 0;
        if (Kind != DecimalKind.Finite)
            return false;

        var coefficient = Coefficient;
        var exponent = Exponent;
        while (exponent < 0 && coefficient != UInt128.Zero)
        {
            var (quotient, remainder) = UInt128.DivRem(coefficient, 10);
            if (remainder != UInt128.Zero)
                return false;

            coefficient = quotient;
            exponent++;
        }

        for (; exponent > 0 && coefficient != UInt128.Zero; exponent--)
        {
            if (coefficient > ulong.MaxValue)
                return false;

            coefficient *= 10;
        }

        var limit = (UInt128)long.MaxValue + (Negative ? UInt128.One : UInt128.Zero);
        if (coefficient > limit)
            return false;

        value = Negative ? unchecked(-(long)(ulong)coefficient) : (long)coefficient;
        return true;
    }

    /// <summary>Truncates toward zero if the result fits into 64 bits.</summary>
    public bool TryTruncateToInt64(out long value)
    {
        var whole = this;
        if (Kind == DecimalKind.Finite && Exponent < 0)
        {
            var quotient = Exponent <= -PowersOfTen.Length ? UInt128.Zero : Coefficient / PowersOfTen[-Exponent];
            whole = this with { Coefficient = quotient, Exponent = 0 };
        }

        return whole.TryToInt64(out value);
    }

    private int Sign =>
        Kind == DecimalKind.Finite && Coefficient == UInt128.Zero ? 0
        : Negative ? -1
        : 1;

    private static int CountDigits(UInt128 value)
    {
        var digits = 1;
        while (digits < PowersOfTen.Length && value >= PowersOfTen[digits])
            digits++;

        return digits;
    }

    private static UInt128[] BuildPowers()
    {
        var powers = new UInt128[39];
        powers[0] = UInt128.One;
        for (var i = 1; i < powers.Length; i++)
            powers[i] = powers[i - 1] * 10;

        return powers;
    }
}

/// <summary>The kind of a Decimal128: finite, infinite or not a number.</summary>
internal enum DecimalKind
{
    Finite,
    Infinity,
    NaN,
}
