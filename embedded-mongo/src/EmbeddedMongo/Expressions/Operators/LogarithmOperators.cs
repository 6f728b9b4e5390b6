using EmbeddedMongo.Errors;
using EmbeddedMongo.Expressions.Numerics;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions.Operators;

/// <summary>$sqrt, $exp, $ln, $log, $log10 and $pow. Decimal128 operands return a Decimal128 of 34 digits, all others a double.</summary>
internal static class LogarithmOperators
{
    public static void AddTo(OperatorTable table)
    {
        table.Unary(
            "$sqrt",
            v =>
                Of(
                    v,
                    "$sqrt",
                    Math.Sqrt,
                    DecimalMath.Sqrt,
                    x =>
                        Numbers.IsNegative(x)
                            ? throw MongoErrorException.Location(28714, "$sqrt's argument must be greater than or equal to 0")
                            : true
                )
        );
        table.Unary("$exp", v => Of(v, "$exp", Math.Exp, DecimalFunctions.Exp));
        table.Unary("$ln", v => Of(v, "$ln", Math.Log, DecimalFunctions.Log, x => RequirePositive(x, 28766, "$ln's argument")));
        table.Unary(
            "$log10",
            v => Of(v, "$log10", Math.Log10, DecimalFunctions.Log10, x => RequirePositive(x, 28761, "$log10's argument"))
        );
        table.Binary("$log", Log);
        table.Binary("$pow", Pow);
    }

    private static BsonValue Of(
        BsonValue? value,
        string name,
        Func<double, double> ofDouble,
        Func<Decimal128, Decimal128> ofDecimal,
        Func<BsonValue, bool>? check = null
    )
    {
        if (!Numbers.IsNumeric(value))
            return Numeric.NullOrThrow(value, name);
        check?.Invoke(value!);
        return value is BsonDecimal128 number
            ? new BsonDecimal128(ofDecimal(number.Value))
            : new BsonDouble(ofDouble(Numbers.ToDouble(value!)));
    }

    private static bool RequirePositive(BsonValue value, int code, string what) =>
        Numbers.IsNegative(value) || Numbers.IsZero(value)
            ? throw MongoErrorException.Location(code, $"{what} must be a positive number, but is {value}")
            : true;

    private static BsonValue Log(BsonValue? value, BsonValue? @base)
    {
        if (value.IsNullish() || @base.IsNullish())
            return BsonNull.Value;
        if (!Numbers.IsNumeric(value))
            throw MongoErrorException.Location(28756, $"$log's argument must be numeric, not {TypeNames.Of(value)}");
        if (!Numbers.IsNumeric(@base))
            throw MongoErrorException.Location(28757, $"$log's base must be numeric, not {TypeNames.Of(@base)}");
        RequirePositive(value, 28758, "$log's argument");
        if (Numbers.IsNegative(@base) || Numbers.IsZero(@base) || Numbers.ToDouble(@base) == 1)
            throw MongoErrorException.Location(28759, $"$log's base must be a positive number not equal to 1, but is {@base}");
        return value is BsonDecimal128 || @base is BsonDecimal128
            ? new BsonDecimal128(DecimalFunctions.Log(Numbers.ToDecimal(value), Numbers.ToDecimal(@base)))
            : new BsonDouble(Math.Log(Numbers.ToDouble(value)) / Math.Log(Numbers.ToDouble(@base)));
    }

    private static BsonValue Pow(BsonValue? @base, BsonValue? exponent)
    {
        if (@base.IsNullish() || exponent.IsNullish())
            return BsonNull.Value;
        if (!Numbers.IsNumeric(@base))
            throw MongoErrorException.Location(28762, $"$pow's base must be numeric, not {TypeNames.Of(@base)}");
        if (!Numbers.IsNumeric(exponent))
            throw MongoErrorException.Location(28763, $"$pow's exponent must be numeric, not {TypeNames.Of(exponent)}");
        if (Numbers.IsZero(@base) && Numbers.IsNegative(exponent))
            throw MongoErrorException.Location(28764, "$pow cannot take a base of 0 and a negative exponent");
        if (@base is BsonDecimal128 || exponent is BsonDecimal128)
            return new BsonDecimal128(DecimalFunctions.Pow(Numbers.ToDecimal(@base), Numbers.ToDecimal(exponent)));
        if (Numbers.IsInteger(@base) && Numbers.IsInteger(exponent) && TryIntegerPow(@base.ToInt64(), exponent.ToInt64(), out var power))
            return @base is BsonInt32 && exponent is BsonInt32 ? Numbers.Int(power) : new BsonInt64(power);
        return new BsonDouble(Math.Pow(Numbers.ToDouble(@base), Numbers.ToDouble(exponent)));
    }

    private static bool TryIntegerPow(long @base, long exponent, out long power)
    {
        power = 1;
        if (exponent < 0)
        {
            // Only ±1 has an integer reciprocal.
            power = @base == 1 || exponent % 2 == 0 ? 1 : -1;
            return @base is 1 or -1;
        }
        if (@base is 0 or 1 or -1)
        {
            power =
                exponent == 0 ? 1
                : @base != -1 ? @base
                : exponent % 2 == 0 ? 1
                : -1;
            return true;
        }
        for (var i = 0L; i < exponent; i++)
        {
            var high = Math.BigMul(power, @base, out var low);
            if (high != low >> 63)
                return false;
            power = low;
        }
        return true;
    }
}
