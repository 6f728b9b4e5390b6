using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation.Joins;

/// <summary>The foreign documents of a join, hashed by key. Built once per $lookup.</summary>
internal sealed class ForeignTable
{
    private readonly Dictionary<BsonValue, List<(int Position, BsonDocument Document)>> _byKey;
    private int _position;

    private ForeignTable(Collation? collation) => _byKey = new(Collation.GetEqualityComparer(collation)!);

    /// <summary>Builds the table. Returns null if the documents do not fit into <paramref name="limitBytes"/>.</summary>
    public static ForeignTable? TryBuild(
        IEnumerable<BsonDocument> documents,
        Action<BsonDocument, HashSet<BsonValue>> collectKeys,
        Collation? collation,
        long limitBytes,
        Action tick
    )
    {
        var table = new ForeignTable(collation);
        var keys = new HashSet<BsonValue>(Collation.GetEqualityComparer(collation)!);
        long size = 0;
        foreach (var document in documents)
        {
            tick();
            size += MemoryBound.Estimate(document) + 100;
            if (size > limitBytes)
                return null;
            keys.Clear();
            collectKeys(document, keys);
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

    /// <summary>Returns the documents that have any of the keys, each once, in collection order.</summary>
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
