using EmbeddedMongo.Bson;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Indexes;

/// <summary>Generates the encoded keys of a document in an index, considering its partial filter, sparseness and arrays.</summary>
internal static class IndexKeyGenerator
{
    /// <summary>
    /// Returns the distinct keys of the document, without the record ID. <paramref name="newlyMultikey"/> is not null if the document has
    /// arrays on paths that are not marked as multikey yet.
    /// </summary>
    public static List<byte[]> Generate(IndexSpec index, BsonDocument document, out bool[]? newlyMultikey)
    {
        newlyMultikey = null;
        if (index.PartialFilter is { } filter && !filter.Matches(document))
            return [];

        var keys = new List<BsonValue[]>(1);
        var multikey = index.Keys.Generate(document, keys, out var allMissing);
        if (allMissing && index.Sparse)
            return [];

        using var buffer = new PooledBuffer(128);
        if (!multikey)
            return [Encode(index, keys[0], buffer)];

        var seen = Array.ConvertAll([.. index.Paths], path => ContainsArray(path, document));
        if (seen.Where((array, field) => array && !index.Multikey[field]).Any())
            newlyMultikey = seen;

        var distinct = new HashSet<byte[]>(keys.Count, ByteArrayComparer.Instance);
        foreach (var key in keys)
            distinct.Add(Encode(index, key, buffer));

        return [.. distinct];
    }

    private static byte[] Encode(IndexSpec index, BsonValue[] values, PooledBuffer buffer)
    {
        buffer.Clear();
        for (var i = 0; i < values.Length; i++)
            KeyEncoder.Append(buffer, index.Collation is null ? values[i] : index.Collation.GetSortKey(values[i]), index.Descending[i]);

        return buffer.WrittenSpan.ToArray();
    }

    private static bool ContainsArray(BsonPath path, BsonDocument document)
    {
        BsonValue? current = document;
        for (var part = 0; part < path.Length; part++)
        {
            if (current is not BsonDocument parent || !parent.TryGetValue(path[part], out current))
                return false;

            if (current is BsonArray)
                return true;
        }

        return false;
    }
}
