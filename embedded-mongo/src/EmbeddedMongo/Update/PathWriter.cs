using EmbeddedMongo.Errors;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Update;

/// <summary>
/// Applies an operator at a concrete path. Documents and arrays on the way are copied before they change, so the old version stays
/// whole for index maintenance.
/// </summary>
internal static class PathWriter
{
    /// <summary>MongoDB fills a gap before a new array element with nulls, but no more than this many.</summary>
    private const int MaxPadding = 1_500_000;

    /// <summary>The document after the operator; the same reference when nothing changed.</summary>
    /// <exception cref="MongoErrorException">28 PathNotViable where the path leads through a scalar, and the operator's own
    /// errors.</exception>
    public static BsonDocument Apply(BsonDocument document, UpdatePath path, UpdateOperator operation, UpdateContext context) =>
        (BsonDocument)InDocument(document, path.Parts, 0, operation, context);

    private static BsonValue InDocument(BsonDocument document, string[] parts, int at, UpdateOperator operation, UpdateContext context)
    {
        document.TryGetValue(parts[at], out var current);
        var updated = At(current, parts, at, operation, context);
        if (ReferenceEquals(updated, current))
            return document;

        var copy = new BsonDocument(document);
        if (updated is null)
            copy.Remove(parts[at]);
        else
            copy[parts[at]] = updated;

        return copy;
    }

    private static BsonValue InArray(BsonArray array, string[] parts, int at, UpdateOperator operation, UpdateContext context)
    {
        var index = BsonPath.ParseOffset(parts[at]);
        if (index < 0)
            return Blocked(array, parts, at, operation);

        var current = index < array.Count ? array[index] : null;
        var updated = At(current, parts, at, operation, context);
        if (ReferenceEquals(updated, current))
            return array;

        if (index - array.Count > MaxPadding)
            throw MongoErrorException.BadValue($"can't backfill more than {MaxPadding} elements");

        var copy = new BsonArray(array);
        while (copy.Count <= index)
            copy.Add(BsonNull.Value);

        // An element is never taken out by a path: $unset leaves null, so that the others keep their places.
        copy[index] = updated ?? BsonNull.Value;
        return copy;
    }

    private static BsonValue? At(BsonValue? current, string[] parts, int at, UpdateOperator operation, UpdateContext context)
    {
        if (at == parts.Length - 1)
            return current is null && !operation.Creates ? null : operation.Apply(current, context);

        switch (current)
        {
            case BsonDocument document:
                return InDocument(document, parts, at + 1, operation, context);
            case BsonArray array:
                return InArray(array, parts, at + 1, operation, context);
            case null:
                if (!operation.Creates)
                    return null;

                var created = InDocument([], parts, at + 1, operation, context);
                return ((BsonDocument)created).ElementCount == 0 ? null : created;
            default:
                return Blocked(current, parts, at + 1, operation);
        }
    }

    private static BsonValue Blocked(BsonValue blocking, string[] parts, int at, UpdateOperator operation) =>
        operation.ToleratesBlockedPath
            ? blocking
            : throw MongoErrorException.PathNotViable(
                $"Cannot create field '{parts[at]}' in element {new BsonDocument(parts[at - 1], blocking).ToJson()}"
            );
}
