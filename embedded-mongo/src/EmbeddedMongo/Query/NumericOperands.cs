using EmbeddedMongo.Errors;
using EmbeddedMongo.Query.Matching;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Query;

/// <summary>Parses the operands of <c>$mod</c>, <c>$size</c> and the bit tests.</summary>
internal static class NumericOperands
{
    public static ModExpression ParseMod(BsonPath path, BsonValue operand)
    {
        if (operand is not BsonArray array)
            throw MongoErrorException.BadValue("malformed mod, needs to be an array");

        if (array.Count != 2)
            throw MongoErrorException.BadValue($"malformed mod, {(array.Count < 2 ? "not enough" : "too many")} elements");

        var divisor = ParseWhole(array[0], "divisor");
        return divisor == 0
            ? throw MongoErrorException.BadValue("divisor cannot be 0")
            : new ModExpression(path, divisor, ParseWhole(array[1], "remainder"));
    }

    public static SizeExpression ParseSize(BsonPath path, BsonValue operand)
    {
        if (!BsonNumbers.IsNumber(operand))
            throw MongoErrorException.BadValue($"Failed to parse $size. Expected a number in: $size: {operand}");

        if (!BsonNumbers.TryToInt64(operand, out var size))
            throw MongoErrorException.BadValue($"Failed to parse $size. Expected an integer: $size: {operand}");

        return size < 0
            ? throw MongoErrorException.BadValue($"Failed to parse $size. Expected a non-negative number in: $size: {operand}")
            : new SizeExpression(path, size);
    }

    public static BitsExpression ParseBits(BsonPath path, string name, BitsOperator test, BsonValue operand) =>
        new(path, test, ParseBitPositions(path, name, operand));

    private static long ParseWhole(BsonValue value, string role)
    {
        switch (value)
        {
            case BsonInt32 number:
                return number.Value;
            case BsonInt64 number:
                return number.Value;
            case BsonDouble { Value: > -9223372036854775809d and < 9223372036854775808d } number:
                return (long)number.Value;
            case BsonDecimal128 number when DecimalParts.Of(number.Value).TryTruncateToInt64(out var whole):
                return whole;
            default:
                throw MongoErrorException.BadValue(
                    BsonNumbers.IsNumber(value)
                        ? $"malformed mod, {role} value is invalid :: caused by :: Unable to coerce {value} to a 64-bit integer"
                        : $"malformed mod, {role} not a number"
                );
        }
    }

    private static int[] ParseBitPositions(BsonPath path, string name, BsonValue operand)
    {
        var positions = new List<int>();
        switch (operand)
        {
            case BsonArray array:
                foreach (var item in array)
                {
                    if (!BsonNumbers.TryToInt64(item, out var position) || position > int.MaxValue)
                        throw MongoErrorException.BadValue($"Failed to parse bit position. Expected a number in: {item}");

                    if (position < 0)
                        throw MongoErrorException.BadValue($"Failed to parse bit position. Expected a non-negative number in: {item}");

                    positions.Add((int)position);
                }

                return [.. positions];
            case BsonBinaryData binary:
                for (var i = 0; i < binary.Bytes.Length * 8; i++)
                {
                    if ((binary.Bytes[i >> 3] >> (i & 7) & 1) != 0)
                        positions.Add(i);
                }

                return [.. positions];
            case var number when BsonNumbers.IsNumber(number):
                if (!BsonNumbers.TryToInt64(number, out var mask))
                    throw MongoErrorException.FailedToParse($"Expected an integer: {name}: {number}");

                if (mask < 0)
                    throw MongoErrorException.FailedToParse($"Expected a non-negative number in: {name}: {number}");

                for (var i = 0; i < 64; i++)
                {
                    if ((mask >> i & 1) != 0)
                        positions.Add(i);
                }

                return [.. positions];
            default:
                throw MongoErrorException.BadValue($"{path} takes an Array, a number, or a BinData but received: {name}: {operand}");
        }
    }
}
