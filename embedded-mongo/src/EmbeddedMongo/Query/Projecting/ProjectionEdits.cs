using EmbeddedMongo.Errors;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Query.Projecting;

/// <summary>A change that a find projection makes after selecting fields: <c>$slice</c> or the positional <c>$</c>.</summary>
internal abstract class ProjectionEdit(BsonPath path)
{
    protected BsonPath Path { get; } = path;

    public abstract BsonDocument Apply(BsonDocument document, int arrayIndex);
}

/// <summary><c>{a: {$slice: n}}</c> and <c>{a: {$slice: [skip, limit]}}</c> on every array at the path.</summary>
internal sealed class SliceEdit(BsonPath path, int? skip, int limit) : ProjectionEdit(path)
{
    /// <summary>Parses the operand. Returns null for the aggregation operator, whose first argument is an expression.</summary>
    /// <exception cref="MongoErrorException">28667 and 28724 for operands that fit neither form.</exception>
    public static SliceEdit? Parse(string path, BsonValue operand)
    {
        if (BsonNumbers.IsNumber(operand))
            return new SliceEdit(new BsonPath(path), null, Clamp(operand));

        if (operand is not BsonArray array)
        {
            throw MongoErrorException.Location(
                28667,
                "Invalid $slice syntax. The given syntax did not match the find() syntax: a number or [skip, limit]"
            );
        }

        if (array.Count != 2 || !BsonNumbers.IsNumber(array[0]))
            return null;

        if (!BsonNumbers.IsNumber(array[1]) || Clamp(array[1]) <= 0)
            throw MongoErrorException.Location(28724, $"The limit of $slice must be a positive number, but is: {array[1]}");

        return new SliceEdit(new BsonPath(path), Clamp(array[0]), Clamp(array[1]));
    }

    private static int Clamp(BsonValue number)
    {
        var value = BsonNumbers.ToDouble(number);
        return double.IsNaN(value) ? 0 : (int)Math.Clamp(value, int.MinValue + 1, int.MaxValue);
    }

    public override BsonDocument Apply(BsonDocument document, int arrayIndex) => (BsonDocument)Edit(document, 0);

    private BsonValue Edit(BsonValue value, int part)
    {
        if (part == Path.Length)
            return value is BsonArray array ? Slice(array) : value;

        switch (value)
        {
            case BsonDocument document when document.TryGetValue(Path[part], out var child):
                var edited = Edit(child, part + 1);
                return ReferenceEquals(edited, child) ? document : new BsonDocument(document) { [Path[part]] = edited };
            case BsonArray items:
                var result = new BsonArray(items.Count);
                for (var i = 0; i < items.Count; i++)
                    result.Add(items[i] is BsonDocument ? Edit(items[i], part) : items[i]);

                return result;
            default:
                return value;
        }
    }

    private BsonArray Slice(BsonArray array)
    {
        int from,
            count;
        if (skip is { } offset)
        {
            from = offset < 0 ? Math.Max(array.Count + offset, 0) : Math.Min(offset, array.Count);
            count = Math.Min(limit, array.Count - from);
        }
        else
        {
            count = (int)Math.Min(Math.Abs((long)limit), array.Count);
            from = limit < 0 ? array.Count - count : 0;
        }

        var result = new BsonArray(count);
        for (var i = from; i < from + count; i++)
            result.Add(array[i]);

        return result;
    }
}

/// <summary><c>{"a.$": 1}</c>: reduces the first array on the path to the element that the filter matched.</summary>
internal sealed class PositionalEdit(BsonPath path) : ProjectionEdit(path)
{
    public override BsonDocument Apply(BsonDocument document, int arrayIndex) => (BsonDocument)Edit(document, 0, arrayIndex);

    private BsonValue Edit(BsonValue value, int part, int arrayIndex)
    {
        switch (value)
        {
            case BsonArray when arrayIndex < 0:
                throw MongoErrorException.Location(
                    51246,
                    "Executor error during find command :: caused by :: positional operator '.$' couldn't find a matching element in the array"
                );
            case BsonArray array when arrayIndex >= array.Count:
                throw MongoErrorException.Location(
                    51247,
                    "Executor error during find command :: caused by :: positional operator '.$' element mismatch"
                );
            case BsonArray array:
                return new BsonArray { array[arrayIndex] };
            case BsonDocument document when part < Path.Length && document.TryGetValue(Path[part], out var child):
                var edited = Edit(child, part + 1, arrayIndex);
                return ReferenceEquals(edited, child) ? document : new BsonDocument(document) { [Path[part]] = edited };
            default:
                return value;
        }
    }
}
