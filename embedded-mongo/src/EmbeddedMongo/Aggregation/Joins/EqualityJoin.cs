using EmbeddedMongo.Bson;
using EmbeddedMongo.Query.Matching;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation.Joins;

/// <summary>
/// Joins localField = foreignField by an index on foreignField (results are cached), otherwise by a hash table over the foreign
/// collection. If the collection does not fit into the table, it is scanned for each document.
/// </summary>
internal sealed class EqualityJoin : Join
{
    /// <summary>Maximum number of cached results, which bounds the memory of a join over many keys.</summary>
    private const int CacheLimit = 20_000;

    /// <summary>
    /// Number of results that are cached in any case. More are cached only while most lookups find a cached result, because
    /// cached documents that are not used cost more than repeating a lookup.
    /// </summary>
    private const int MinCacheLimit = 1_000;

    private readonly ExecutionContext _context;
    private readonly string _collection;
    private readonly string[] _local;
    private readonly BsonPath _foreign;
    private readonly Pipeline _pipeline;
    private readonly bool _correlated;
    private readonly FieldSet? _needed;
    private readonly bool _indexed;
    private readonly List<BsonValue> _keys = [];
    private readonly Dictionary<BsonValue, BsonArray> _cache;
    private ForeignTable? _table;
    private bool _triedTable;
    private long _hits;

    public EqualityJoin(
        ExecutionContext context,
        string collection,
        string[] local,
        string foreign,
        Pipeline pipeline,
        bool correlated,
        FieldSet? needed
    )
    {
        _context = context;
        _collection = collection;
        _local = local;
        _foreign = new BsonPath(foreign);
        _pipeline = pipeline;
        _correlated = correlated;
        _needed = pipeline.Stages.Count > 0 ? pipeline.NeededFields() : needed?.Copy();
        _needed?.Add(foreign);
        _cache = new(Collation.GetEqualityComparer(context.Evaluation.Collation)!);
        _indexed = context.Collections.HasIndexOn(collection, foreign);
    }

    private bool CanCache => _cache.Count < (_hits > _cache.Count ? CacheLimit : MinCacheLimit);

    public override BsonArray Find(BsonDocument local)
    {
        LocalKeys.Collect(local, _local, _keys);
        if (_keys.Count == 1 && !_correlated && _cache.TryGetValue(_keys[0], out var cached))
        {
            _hits++;
            return cached;
        }
        var found = FindForeign();
        if (_pipeline.Stages.Count > 0)
            found = Collect(_pipeline.Run(found.Cast<BsonDocument>(), _context), new MemoryBound("$lookup", _context.MemoryLimitBytes));
        if (_keys.Count == 1 && !_correlated && (_indexed || _pipeline.Stages.Count > 0) && CanCache)
            _cache[_keys[0]] = found;
        return found;
    }

    private BsonArray FindForeign()
    {
        if (!_indexed && !_triedTable)
        {
            _triedTable = true;
            _table = ForeignTable.TryBuild(
                _context.Collections.Find(_collection, AlwaysTrueExpression.Instance, _needed),
                CollectForeignKeys,
                _context.Evaluation.Collation,
                _context.MemoryLimitBytes,
                _context.Tick
            );
        }
        if (_table is not null)
            return _table.Find(_keys);
        MatchExpression filter =
            _keys.Count == 1
                ? new ComparisonExpression(_foreign, ComparisonOperator.Eq, _keys[0], _context.Evaluation.Collation)
                : new InExpression(_foreign, [.. _keys], [], _context.Evaluation.Collation);
        return Collect(_context.Collections.Find(_collection, filter, _needed), new MemoryBound("$lookup", _context.MemoryLimitBytes));
    }

    private void CollectForeignKeys(BsonDocument document, HashSet<BsonValue> into)
    {
        var visitor = new KeyCollector { Keys = into };
        _foreign.Any(document, ref visitor, expandLeaf: true);
    }

    /// <summary>Collects every value that an equality on the path could match. Null matches a missing field.</summary>
    private struct KeyCollector : IPathVisitor
    {
        public HashSet<BsonValue> Keys;

        public readonly bool Visit(BsonValue? value, int arrayIndex)
        {
            Keys.Add(value is null or BsonUndefined ? BsonNull.Value : value);
            return false;
        }
    }
}

/// <summary>The values of a local field to join by.</summary>
internal static class LocalKeys
{
    /// <summary>Collects all values at the path, entering arrays along it and at its end. Null if there are none.</summary>
    public static void Collect(BsonDocument document, string[] path, List<BsonValue> into)
    {
        into.Clear();
        Visit(document, path, 0, into);
        if (into.Count == 0)
            into.Add(BsonNull.Value);
    }

    private static void Visit(BsonDocument document, string[] path, int at, List<BsonValue> into)
    {
        if (!document.TryGetValue(path[at], out var value))
            return;
        var last = at == path.Length - 1;
        switch (value)
        {
            case BsonArray array:
                foreach (var item in array)
                {
                    if (last)
                        into.Add(item is BsonUndefined ? BsonNull.Value : item);
                    else if (item is BsonDocument element)
                        Visit(element, path, at + 1, into);
                }
                break;
            case var _ when last:
                into.Add(value is BsonUndefined ? BsonNull.Value : value);
                break;
            case BsonDocument nested:
                Visit(nested, path, at + 1, into);
                break;
        }
    }
}
