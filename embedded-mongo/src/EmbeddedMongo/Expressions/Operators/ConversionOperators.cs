using EmbeddedMongo.Errors;
using EmbeddedMongo.Query;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions.Operators;

/// <summary>$convert and its short forms ($toInt, $toObjectId, …).</summary>
internal static class ConversionOperators
{
    private static readonly string[] ConvertNames = ["input", "to", "onError", "onNull"];

    public static void AddTo(OperatorTable table)
    {
        Short(table, "$toDouble", BsonType.Double);
        Short(table, "$toString", BsonType.String);
        Short(table, "$toObjectId", BsonType.ObjectId);
        Short(table, "$toBool", BsonType.Boolean);
        Short(table, "$toDate", BsonType.DateTime);
        Short(table, "$toInt", BsonType.Int32);
        Short(table, "$toLong", BsonType.Int64);
        Short(table, "$toDecimal", BsonType.Decimal128);
        table.Custom(
            "$convert",
            (name, argument, scope) =>
                new ConvertExpression(
                    new NamedArguments(
                        name,
                        ConvertNames,
                        2,
                        MongoErrorCodes.FailedToParse,
                        MongoErrorCodes.FailedToParse,
                        MongoErrorCodes.FailedToParse
                    ).Parse(argument, scope)
                )
        );
    }

    /// <summary>Returns the target type that an operand specifies by alias or number.</summary>
    public static BsonType Target(BsonValue to)
    {
        if (to is BsonDocument)
        {
            throw MongoErrorException.CommandNotSupported(
                "$convert to a type with a subtype (binData) is not supported by the embedded server"
            );
        }

        if (to is BsonString alias)
        {
            foreach (var type in Enum.GetValues<BsonType>())
            {
                if (TypeOperand.AliasOf(type) == alias.Value)
                    return type;
            }
            throw MongoErrorException.BadValue($"Unknown type name: {alias.Value}");
        }
        if (!BsonNumbers.IsNumber(to))
            throw MongoErrorException.FailedToParse($"$convert's 'to' argument must be a string or number, but is {TypeNames.Of(to)}");
        return BsonNumbers.TryToInt64(to, out var code) && (code is >= 1 and <= 19 || code is -1 or 127)
            ? code == -1
                ? BsonType.MinKey
                : (BsonType)code
            : throw MongoErrorException.FailedToParse($"In $convert, numeric value for 'to' does not correspond to a BSON type: {to}");
    }

    private static void Short(OperatorTable table, string name, BsonType target) =>
        table.Unary(name, value => value.IsNullish() ? BsonNull.Value : Conversion.Convert(value, target));
}

internal sealed class ConvertExpression(Expression?[] operands) : ControlExpression(operands)
{
    public override bool FailsWhileParsing => true;

    public override BsonValue? Evaluate(EvaluationContext context)
    {
        var input = Parts[0]!.Evaluate(context);
        var to = Parts[1]!.Evaluate(context);
        // An invalid target is an error even for null input; a null target is not.
        var target = to.IsNullish() ? (BsonType?)null : ConversionOperators.Target(to);
        if (input.IsNullish())
            return Parts[3] is null ? BsonNull.Value : Parts[3]!.Evaluate(context);
        if (target is null)
            return BsonNull.Value;
        if (Parts[2] is null)
            return Conversion.Convert(input, target.Value);
        try
        {
            return Conversion.Convert(input, target.Value);
        }
        catch (MongoErrorException error) when (error.Code == MongoErrorCodes.ConversionFailure)
        {
            return Parts[2]!.Evaluate(context);
        }
    }
}
