using EmbeddedMongo.Errors;
using EmbeddedMongo.Expressions.Numerics;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions.Operators;

/// <summary>$arrayElemAt, $first, $last, $slice, $size, $isArray, $reverseArray and $concatArrays.</summary>
internal static class ArrayOperators
{
    /// <summary>The elements that fit in 100 MB at 16 bytes each: MongoDB's limit for $range and $concatArrays.</summary>
    public const long MaxElements = 100L * 1024 * 1024 / 16;

    /// <summary>Creates error 146 for an operator whose array would exceed <see cref="MaxElements"/>.</summary>
    public static MongoErrorException TooLong(string name) =>
        new(MongoErrorCodes.ExceededMemoryLimit, $"{name} would use too much memory and cannot spill to disk.");

    public static void AddTo(OperatorTable table)
    {
        table.Binary("$arrayElemAt", ElementAt);
        table.Unary("$first", v => End(v, "$first", fromEnd: false));
        table.Unary("$last", v => End(v, "$last", fromEnd: true));
        table.Variadic("$slice", Slice, 2, 3);
        table.Unary(
            "$size",
            v =>
                v is BsonArray array
                    ? (BsonValue)array.Count
                    : throw MongoErrorException.Location(
                        17124,
                        $"The argument to $size must be an array, but was of type: {TypeNames.Of(v)}"
                    )
        );
        table.Unary("$isArray", v => v is BsonArray ? BsonBoolean.True : BsonBoolean.False);
        table.Unary("$reverseArray", Reverse);
        table.UntilNull("$concatArrays", Concat);
    }

    private static BsonValue? ElementAt(BsonValue? value, BsonValue? position)
    {
        if (value.IsNullish() || position.IsNullish())
            return BsonNull.Value;
        if (value is not BsonArray array)
            throw MongoErrorException.Location(28689, $"$arrayElemAt's first argument must be an array, but is {TypeNames.Of(value)}");
        var index = Index(position, "$arrayElemAt's second argument", 28690, 28691);
        index = index < 0 ? index + array.Count : index;
        return index >= 0 && index < array.Count ? array[index] : null;
    }

    private static BsonValue? End(BsonValue? value, string name, bool fromEnd)
    {
        if (value.IsNullish())
            return BsonNull.Value;
        if (value is not BsonArray array)
            throw MongoErrorException.Location(28689, $"{name}'s argument must be an array, but is {TypeNames.Of(value)}");
        return array.Count == 0 ? null : array[fromEnd ? array.Count - 1 : 0];
    }

    private static BsonValue Slice(BsonValue?[] operands)
    {
        if (operands[0].IsNullish() || operands[1].IsNullish() || (operands.Length == 3 && operands[2].IsNullish()))
            return BsonNull.Value;
        if (operands[0] is not BsonArray array)
        {
            throw MongoErrorException.Location(
                28724,
                $"First argument to $slice must be an array, but is of type: {TypeNames.Of(operands[0])}"
            );
        }

        var second = Index(operands[1]!, "Second argument to $slice", 28725, 28726);
        var start = second < 0 ? Math.Max(0, array.Count + second) : Math.Min(second, array.Count);
        if (operands.Length == 2)
            return second < 0 ? Copy(array, start, array.Count) : Copy(array, 0, start);
        var count = Index(operands[2]!, "Third argument to $slice", 28727, 28728);
        return count > 0
            ? Copy(array, start, (int)Math.Min(array.Count, (long)start + count))
            : throw MongoErrorException.Location(28729, $"Third argument to $slice must be positive: {count}");
    }

    private static BsonValue Reverse(BsonValue? value)
    {
        if (value.IsNullish())
            return BsonNull.Value;
        if (value is not BsonArray array)
        {
            throw MongoErrorException.Location(
                34435,
                $"The argument to $reverseArray must be an array, but was of type: {TypeNames.Of(value)}"
            );
        }

        var reversed = new BsonArray(array.Count);
        for (var i = array.Count - 1; i >= 0; i--)
            reversed.Add(array[i]);
        return reversed;
    }

    private static BsonValue Concat(BsonValue?[] operands)
    {
        var all = new BsonArray();
        foreach (var operand in operands)
        {
            if (operand.IsNullish())
                return BsonNull.Value;
            if (operand is not BsonArray array)
                throw MongoErrorException.Location(28664, $"$concatArrays only supports arrays, not {TypeNames.Of(operand)}");
            if ((long)all.Count + array.Count > MaxElements)
                throw TooLong("$concatArrays");
            all.AddRange(array);
        }
        return all;
    }

    internal static BsonArray Copy(BsonArray array, int from, int to)
    {
        var part = new BsonArray(Math.Max(0, to - from));
        for (var i = from; i < to; i++)
            part.Add(array[i]);
        return part;
    }

    /// <summary>Parses a position or count. The error codes are for values that are not numbers and not 32-bit integers.</summary>
    internal static int Index(BsonValue value, string what, int notNumeric, int notInt32)
    {
        if (!Numbers.IsNumeric(value))
            throw MongoErrorException.Location(notNumeric, $"{what} must be a numeric value, but is {TypeNames.Of(value)}");
        return Numbers.TryToInt32(value, out var index)
            ? index
            : throw MongoErrorException.Location(notInt32, $"{what} must be representable as a 32-bit integer: {value}");
    }
}
