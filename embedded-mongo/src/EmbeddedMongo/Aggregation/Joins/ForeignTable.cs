using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation.Joins;

/// <summary>The foreign documents of a join hashed by their keys, built once for a whole $lookup.</summary>
internal sealed class ForeignTable
{
    private readonly Dictionary<BsonValue, List<(int Position, BsonDocument Document)>> _byKey = new(BsonOrder.EqualityComparer!);
    private int _position;

    private ForeignTable() { }

    /// <summary>Builds the table; null when the documents do not fit into <paramref name="limitBytes"/>.</summary>
    public static ForeignTable? TryBuild(
        IEnumerable<BsonDocument> documents,
        Action<BsonDocument, HashSet<BsonValue>> keysOf,
        long limitBytes,
        Action tick
    )
    {
        var table = new ForeignTable();
        var keys = new HashSet<BsonValue>(BsonOrder.EqualityComparer!);
        long held = 0;
        foreach (var document in documents)
        {
            tick();
            held += MemoryBound.Estimate(document) + 100;
            if (held > limitBytes)
                return null;
            keys.Clear();
            keysOf(document, keys);
            foreach (var key in keys)
            {
                if (!table._byKey.TryGetValue(key, out var list))
                    table._byKey[key] = list = new(1);
                list.Add((table._position, document));
            }
            table._position++;
        }
        return table;
    }

    /// <summary>The documents with any of the keys, each once, in the collection's order.</summary>
    public BsonArray Find(List<BsonValue> keys)
    {
        var result = new BsonArray();
        if (keys.Count == 1)
        {
            if (_byKey.TryGetValue(keys[0], out var list))
            {
                foreach (var (_, document) in list)
                    result.Add(document);
            }
            return result;
        }
        var merged = new SortedList<int, BsonDocument>();
        foreach (var key in keys)
        {
            if (_byKey.TryGetValue(key, out var list))
            {
                foreach (var (position, document) in list)
                    merged[position] = document;
            }
        }
        result.AddRange(merged.Values);
        return result;
    }
}
