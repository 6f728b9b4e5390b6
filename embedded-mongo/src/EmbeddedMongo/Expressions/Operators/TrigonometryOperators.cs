using EmbeddedMongo.Errors;
using EmbeddedMongo.Expressions.Numerics;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions.Operators;

/// <summary>
/// $sin to $atanh, $degreesToRadians and $radiansToDegrees over doubles. Decimal128 angles are rejected: they would need 34 digits.
/// </summary>
internal static class TrigonometryOperators
{
    public static void AddTo(OperatorTable table)
    {
        Function(table, "$sin", Math.Sin, double.IsFinite);
        Function(table, "$cos", Math.Cos, double.IsFinite);
        Function(table, "$tan", Math.Tan, double.IsFinite);
        Function(table, "$asin", Math.Asin, x => x is >= -1 and <= 1);
        Function(table, "$acos", Math.Acos, x => x is >= -1 and <= 1);
        Function(table, "$atan", Math.Atan, _ => true);
        Function(table, "$sinh", Math.Sinh, _ => true);
        Function(table, "$cosh", Math.Cosh, _ => true);
        Function(table, "$tanh", Math.Tanh, _ => true);
        Function(table, "$asinh", Math.Asinh, _ => true);
        Function(table, "$acosh", Math.Acosh, x => x >= 1);
        Function(table, "$atanh", Math.Atanh, x => x is >= -1 and <= 1);
        Function(table, "$degreesToRadians", x => x * (Math.PI / 180), _ => true);
        Function(table, "$radiansToDegrees", x => x * (180 / Math.PI), _ => true);
        table.Binary(
            "$atan2",
            (y, x) =>
                y.IsNullish() || x.IsNullish()
                    ? BsonNull.Value
                    : new BsonDouble(Math.Atan2(Angle(y, "$atan2", 51044), Angle(x, "$atan2", 51045)))
        );
    }

    private static void Function(OperatorTable table, string name, Func<double, double> function, Func<double, bool> inDomain) =>
        table.Unary(
            name,
            value =>
            {
                if (value.IsNullish())
                    return BsonNull.Value;
                var x = Angle(value, name, 28765);
                return double.IsNaN(x) || inDomain(x)
                    ? new BsonDouble(function(x))
                    : throw MongoErrorException.Location(50989, $"cannot apply {name} to {value}, value is outside the function's domain");
            }
        );

    private static double Angle(BsonValue value, string name, int code) =>
        value switch
        {
            BsonDecimal128 => throw MongoErrorException.CommandNotSupported($"{name} of a decimal is not supported by the embedded server"),
            _ when Numbers.IsNumeric(value) => Numbers.ToDouble(value),
            _ => throw MongoErrorException.Location(code, $"{name} only supports numeric types, not {TypeNames.Of(value)}"),
        };
}
