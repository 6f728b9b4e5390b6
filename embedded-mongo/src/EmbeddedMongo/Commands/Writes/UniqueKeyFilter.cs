using EmbeddedMongo.Bson;
using EmbeddedMongo.Indexes;
using EmbeddedMongo.Planning;
using EmbeddedMongo.Query.Matching;
using EmbeddedMongo.Storage;
using MongoDB.Bson;

namespace EmbeddedMongo.Commands.Writes;

/// <summary>Finds filters that match at most the document with a certain unique key, such as an equality on <c>_id</c>.</summary>
internal static class UniqueKeyFilter
{
    /// <summary>Returns the store's key of the only document that can match; null if several documents could match.</summary>
    public static byte[]? FindKey(MatchExpression filter, CollectionState state)
    {
        var conditions = new Conjunction(filter).Conditions;
        foreach (var index in state.Indexes)
        {
            if (index is { Unique: true, IsMultikey: false, PartialFilter: null } && Bind(index, conditions) is { } key)
                return key;
        }

        return null;
    }

    private static byte[]? Bind(IndexSpec index, List<PathExpression> conditions)
    {
        using var fields = new PooledBuffer(128);
        for (var i = 0; i < index.Paths.Count; i++)
        {
            var point = conditions.Find(condition => condition.Path == index.Paths[i].Path && IsPoint(condition, index));
            if (point is not ComparisonExpression equal)
                return null;

            KeyEncoder.Append(fields, equal.Key, index.Descending[i]);
        }

        return KeySpace.IndexKey(index.Id, fields.WrittenSpan, null);
    }

    // Null also matches missing fields, and arrays and regular expressions match several values.
    private static bool IsPoint(PathExpression condition, IndexSpec index) =>
        condition.CanUse(index.Collation)
        && condition
            is ComparisonExpression
            {
                Operator: ComparisonOperator.Eq,
                Value.BsonType: not (BsonType.Null or BsonType.Undefined or BsonType.Array or BsonType.RegularExpression)
            };
}
