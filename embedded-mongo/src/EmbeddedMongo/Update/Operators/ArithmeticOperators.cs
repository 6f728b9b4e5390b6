using EmbeddedMongo.Errors;
using EmbeddedMongo.Expressions.Numerics;
using EmbeddedMongo.Query;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Update.Operators;

/// <summary>
/// <c>$inc</c> and <c>$mul</c>. The result has the wider type of the two operands. An int64 overflow is an error, not a double.
/// </summary>
internal sealed class ArithmeticOperator(BsonValue operand, bool multiply) : UpdateOperator
{
    private string Name => multiply ? "$mul" : "$inc";

    public static ArithmeticOperator Parse(string field, BsonValue operand, bool multiply) =>
        BsonNumbers.IsNumber(operand)
            ? new ArithmeticOperator(operand, multiply)
            : throw MongoErrorException.TypeMismatch(
                $"Cannot {(multiply ? "multiply" : "increment")} with non-numeric argument: {new BsonDocument(field, operand).ToJson()}"
            );

    public override BsonValue? Apply(BsonValue? current, UpdateContext context)
    {
        if (current is null)
            return multiply ? Numbers.Multiply(operand, new BsonInt32(0)) : operand;

        if (!BsonNumbers.IsNumber(current))
        {
            throw MongoErrorException.TypeMismatch(
                $"Cannot apply {Name} to a value of non-numeric type. {context.Id} has the field '{context.Field}' of non-numeric type {TypeOperand.AliasOf(current.BsonType)}"
            );
        }

        var result = multiply ? Numbers.Multiply(current, operand) : Numbers.Add(current, operand);
        if (result is BsonDouble && Numbers.IsInteger(current) && Numbers.IsInteger(operand))
            throw MongoErrorException.BadValue($"Failed to apply {Name} operations to current value ({current}) for document {context.Id}");

        return BsonIdentity.AreIdentical(result, current) ? current : result;
    }
}

/// <summary><c>$bit</c> with <c>and</c>, <c>or</c>, <c>xor</c>.</summary>
internal sealed class BitOperator(IReadOnlyList<(string Name, BsonValue Operand)> operations) : UpdateOperator
{
    public static BitOperator Parse(string field, BsonValue value)
    {
        if (value is not BsonDocument document)
        {
            throw MongoErrorException.BadValue(
                $"The $bit modifier is not compatible with a {TypeOperand.AliasOf(value.BsonType)}. You must pass in an embedded document: {{$bit: {{field: {{and/or/xor: #}}}}"
            );
        }

        var operations = new List<(string, BsonValue)>();
        foreach (var element in document)
        {
            if (element.Name is not ("and" or "or" or "xor"))
            {
                throw MongoErrorException.BadValue(
                    $"The $bit modifier only supports 'and', 'or', and 'xor', not '{element.Name}' which is an unknown operator: {{{element.Name}: {element.Value}}}"
                );
            }

            if (!Numbers.IsInteger(element.Value))
            {
                throw MongoErrorException.BadValue(
                    $"The $bit modifier field must be an Integer(32/64 bit); a '{TypeOperand.AliasOf(element.Value.BsonType)}' is not supported here: {{{element.Name}: {element.Value}}}"
                );
            }

            operations.Add((element.Name, element.Value));
        }

        return operations.Count == 0
            ? throw MongoErrorException.BadValue(
                $"You must pass in at least one bitwise operation. The format is: {{$bit: {{{field}: {{and/or/xor: #}}}}"
            )
            : new BitOperator(operations);
    }

    public override BsonValue? Apply(BsonValue? current, UpdateContext context)
    {
        if (current is not null && !Numbers.IsInteger(current))
        {
            throw MongoErrorException.BadValue(
                $"Cannot apply $bit to a value of non-integral type.{context.Id} has the field {context.Field} of non-integer type {TypeOperand.AliasOf(current.BsonType)}"
            );
        }

        var bits = current?.ToInt64() ?? 0;
        var wide = current is BsonInt64;
        foreach (var (name, operand) in operations)
        {
            wide |= operand is BsonInt64;
            bits = name switch
            {
                "and" => bits & operand.ToInt64(),
                "or" => bits | operand.ToInt64(),
                _ => bits ^ operand.ToInt64(),
            };
        }

        BsonValue result = wide ? new BsonInt64(bits) : new BsonInt32((int)bits);
        return BsonIdentity.AreIdentical(result, current) ? current : result;
    }
}
