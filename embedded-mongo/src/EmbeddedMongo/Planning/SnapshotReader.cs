using EmbeddedMongo.Aggregation;
using EmbeddedMongo.Bson;
using EmbeddedMongo.Indexes;
using EmbeddedMongo.Query.Matching;
using EmbeddedMongo.Storage;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Planning;

/// <summary>
/// The collections of one database as seen by one pipeline. Each collection's snapshot is taken on first use and kept until the cursor
/// closes.
/// </summary>
internal sealed class SnapshotReader(Catalog catalog, string database, Collation? collation, Action checkInterrupted)
    : ICollectionReader,
        IDisposable
{
    private readonly Dictionary<string, CollectionSnapshot?> _snapshots = new(StringComparer.Ordinal);
    private readonly PooledBuffer _found = new();

    public bool Exists(string collection) => GetSnapshot(collection) is not null;

    public bool HasIndexOn(string collection, string path) =>
        GetSnapshot(collection)
            ?.State.Indexes.Any(index =>
                index.Paths[0].Path == path
                && index is { Sparse: false, PartialFilter: null, Hidden: false }
                && index.Collation == collation
            ) == true;

    public IEnumerable<BsonDocument> Find(string collection, MatchExpression filter, FieldSet? needed)
    {
        var query = new FindQuery(filter) { DecodesRows = true, Needed = needed };
        if (GetSnapshot(collection) is not { } snapshot)
            return [];

        if (QueryPlanner.GetPointId(query, snapshot.State.IdIndex) is not { } id)
            return Find(collection, query).Select(row => row.Document);

        // $lookup does this for every document, so it needs neither a plan nor a scan.
        return TryGetById(snapshot, id) ? [BsonDecoder.Decode(_found.WrittenSpan, needed)] : [];
    }

    /// <summary>Runs a query and returns its documents.</summary>
    public IEnumerable<IDocumentRow> Find(string collection, FindQuery query)
    {
        if (GetSnapshot(collection) is not { } snapshot)
            yield break;

        var path = QueryPlanner.Plan(snapshot, query);
        using var rows = new FindRows(snapshot, query, path, checkInterrupted, ownsSnapshot: false);
        while (rows.MoveNext())
            yield return rows;
    }

    public void Dispose()
    {
        foreach (var snapshot in _snapshots.Values)
            snapshot?.Dispose();

        _snapshots.Clear();
        _found.Dispose();
    }

    private bool TryGetById(CollectionSnapshot snapshot, BsonValue id)
    {
        _found.Clear();
        return snapshot.Collection.FindUnique(snapshot.State.IdIndex, KeyEncoder.Encode(id), snapshot.View) is { } record
            && snapshot.Collection.TryGetDocument(record, _found, snapshot.View);
    }

    private CollectionSnapshot? GetSnapshot(string collection)
    {
        if (!_snapshots.TryGetValue(collection, out var snapshot))
        {
            snapshot = catalog.Find(database, collection) is { } found ? CollectionSnapshot.Take(found) : null;
            _snapshots[collection] = snapshot;
        }

        return snapshot;
    }
}
