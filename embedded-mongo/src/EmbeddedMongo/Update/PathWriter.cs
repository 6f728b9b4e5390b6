using EmbeddedMongo.Errors;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Update;

/// <summary>
/// Applies an operator at a concrete path. Documents and arrays along the path are copied before they change, so that index maintenance
/// still has the old version.
/// </summary>
internal static class PathWriter
{
    /// <summary>Maximum number of nulls added before a new array element, as in MongoDB.</summary>
    private const int MaxPadding = 1_500_000;

    /// <summary>Returns the updated document, or the same reference if nothing changed.</summary>
    /// <exception cref="MongoErrorException">28 PathNotViable if the path leads through a scalar, and the operator's own
    /// errors.</exception>
    public static BsonDocument Apply(BsonDocument document, UpdatePath path, UpdateOperator operation, UpdateContext context) =>
        (BsonDocument)ApplyInDocument(document, path.Parts, 0, operation, context);

    private static BsonValue ApplyInDocument(BsonDocument document, string[] parts, int at, UpdateOperator operation, UpdateContext context)
    {
        document.TryGetValue(parts[at], out var current);
        var updated = ApplyToValue(current, parts, at, operation, context);
        if (ReferenceEquals(updated, current))
            return document;

        var copy = new BsonDocument(document);
        if (updated is null)
            copy.Remove(parts[at]);
        else
            copy[parts[at]] = updated;

        return copy;
    }

    private static BsonValue ApplyInArray(BsonArray array, string[] parts, int at, UpdateOperator operation, UpdateContext context)
    {
        var index = BsonPath.ParseOffset(parts[at]);
        if (index < 0)
            return HandleBlockedPath(array, parts, at, operation);

        var current = index < array.Count ? array[index] : null;
        var updated = ApplyToValue(current, parts, at, operation, context);
        if (ReferenceEquals(updated, current))
            return array;

        if (index - array.Count > MaxPadding)
            throw MongoErrorException.BadValue($"can't backfill more than {MaxPadding} elements");

        var copy = new BsonArray(array);
        while (copy.Count <= index)
            copy.Add(BsonNull.Value);

        // A path never removes an array element. $unset leaves null, so that the other elements keep their indexes.
        copy[index] = updated ?? BsonNull.Value;
        return copy;
    }

    private static BsonValue? ApplyToValue(BsonValue? current, string[] parts, int at, UpdateOperator operation, UpdateContext context)
    {
        if (at == parts.Length - 1)
            return current is null && !operation.Creates ? null : operation.Apply(current, context);

        switch (current)
        {
            case BsonDocument document:
                return ApplyInDocument(document, parts, at + 1, operation, context);
            case BsonArray array:
                return ApplyInArray(array, parts, at + 1, operation, context);
            case null:
                if (!operation.Creates)
                    return null;

                var created = ApplyInDocument([], parts, at + 1, operation, context);
                return ((BsonDocument)created).ElementCount == 0 ? null : created;
            default:
                return HandleBlockedPath(current, parts, at + 1, operation);
        }
    }

    private static BsonValue HandleBlockedPath(BsonValue blocking, string[] parts, int at, UpdateOperator operation) =>
        operation.ToleratesBlockedPath
            ? blocking
            : throw MongoErrorException.PathNotViable(
                $"Cannot create field '{parts[at]}' in element {new BsonDocument(parts[at - 1], blocking).ToJson()}"
            );
}
