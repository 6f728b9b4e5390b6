using EmbeddedMongo.Errors;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions.Operators;

/// <summary>$bitAnd, $bitOr, $bitXor and $bitNot over int32 and int64.</summary>
internal static class BitwiseOperators
{
    public static void AddTo(OperatorTable table)
    {
        table.UntilNull("$bitAnd", o => Combine(o, "$bitAnd", -1, (a, b) => a & b));
        table.UntilNull("$bitOr", o => Combine(o, "$bitOr", 0, (a, b) => a | b));
        table.UntilNull("$bitXor", o => Combine(o, "$bitXor", 0, (a, b) => a ^ b));
        table.Unary("$bitNot", Not);
    }

    private static BsonValue Combine(BsonValue?[] operands, string name, int identity, Func<long, long, long> combine)
    {
        long bits = identity;
        var wide = false;
        foreach (var operand in operands)
        {
            if (operand.IsNullish())
                return BsonNull.Value;
            wide |= operand is BsonInt64;
            bits = combine(bits, Bits(operand, name));
        }
        return wide ? new BsonInt64(bits) : new BsonInt32((int)bits);
    }

    private static BsonValue Not(BsonValue? value) =>
        value switch
        {
            BsonInt32 number => new BsonInt32(~number.Value),
            BsonInt64 number => new BsonInt64(~number.Value),
            _ when value.IsNullish() => BsonNull.Value,
            _ => throw NotInteger(value, "$bitNot"),
        };

    private static long Bits(BsonValue value, string name) =>
        value switch
        {
            BsonInt32 number => number.Value,
            BsonInt64 number => number.Value,
            _ => throw NotInteger(value, name),
        };

    private static MongoErrorException NotInteger(BsonValue value, string name) =>
        MongoErrorException.TypeMismatch($"{name} only supports int and long operands, not {TypeNames.Of(value)}");
}
