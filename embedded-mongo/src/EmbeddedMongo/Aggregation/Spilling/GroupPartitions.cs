using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation.Spilling;

/// <summary>
/// A table of groups that exceeds the memory limit, divided by the hash of the key. The groups that are in memory stay there. Further
/// documents are written to one file per partition, and are added to the groups of one partition after the other.
/// </summary>
internal sealed class GroupPartitions<TState>
{
    private const int Bits = 5;
    private const int Count = 1 << Bits;

    private readonly SpillSpace _space;
    private readonly IEqualityComparer<BsonValue> _keys;
    private readonly Dictionary<BsonValue, TState>?[] _groups = new Dictionary<BsonValue, TState>?[Count];
    private readonly SpillFile?[] _files = new SpillFile?[Count];

    public GroupPartitions(SpillSpace space, Dictionary<BsonValue, TState> groups)
    {
        _space = space;
        _keys = groups.Comparer;
        foreach (var (key, state) in groups)
            (_groups[PartitionOf(key)] ??= new(_keys)).Add(key, state);
    }

    /// <summary>Writes a document to the file of its key's partition.</summary>
    public void Add(BsonValue key, BsonDocument document)
    {
        var file = _files[PartitionOf(key)] ??= _space.Create();
        file.Write(new BsonDocument { { "key", key }, { "document", document } });
    }

    /// <summary>Returns the groups of one partition after the other, and releases each of them before the next one.</summary>
    /// <param name="add">Adds a document to the groups of its partition.</param>
    public IEnumerable<Dictionary<BsonValue, TState>> Complete(Action<Dictionary<BsonValue, TState>, BsonValue, BsonDocument> add)
    {
        for (var i = 0; i < Count; i++)
        {
            var groups = _groups[i] ?? new(_keys);
            _groups[i] = null;
            if (_files[i] is { } file)
            {
                foreach (var record in file.Read())
                    add(groups, record["key"], record["document"].AsBsonDocument);

                _space.Delete(file);
            }

            yield return groups;
        }
    }

    // The product spreads hash codes whose low bits are equal, such as those of whole numbers (Fibonacci hashing).
    private int PartitionOf(BsonValue key) => (int)((uint)_keys.GetHashCode(key) * 0x9E3779B9u >> (32 - Bits));
}
