using EmbeddedMongo.Indexes;
using EmbeddedMongo.Planning;
using EmbeddedMongo.Query.Matching;
using MongoDB.Bson;

namespace EmbeddedMongo.Storage;

/// <summary>Deletes expired documents of TTL indexes (manual: "TTL Indexes"), in small batches so that writers are not blocked.</summary>
internal sealed class TtlSweeper : IDisposable
{
    private const int BatchSize = 1000;

    private readonly Catalog _catalog;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly Lock _running = new();
    private bool _disposed;

    public TtlSweeper(Catalog catalog, TimeProvider time, TimeSpan interval)
    {
        _catalog = catalog;
        _time = time;
        _timer = time.CreateTimer(_ => Sweep(), null, interval, interval);
    }

    /// <summary>Sweeps all collections once. Waits for a sweep that is still running.</summary>
    public void Sweep()
    {
        lock (_running)
        {
            foreach (var collection in _catalog.Collections)
            {
                foreach (var index in collection.State.Indexes)
                {
                    if (index.ExpireAfterSeconds is { } seconds)
                    {
                        while (!_disposed && SweepOnce(collection, index, seconds) == BatchSize)
                            continue;
                    }
                }
            }
        }
    }

    public void Dispose()
    {
        _disposed = true;
        _timer.Dispose();
        lock (_running)
        {
            // Waits for a running sweep, so that the engine can be disposed.
        }
    }

    private int SweepOnce(Collection collection, IndexSpec index, long seconds)
    {
        var cutoff = new BsonDateTime(_time.GetUtcNow().ToUnixTimeMilliseconds() - (seconds * 1000));
        var filter = new ComparisonExpression(index.Paths[0], ComparisonOperator.Lte, cutoff);
        lock (collection.WriteLock)
        {
            // A replaced collection would give a snapshot of its replacement.
            if (_disposed || collection.State.Dropped || CollectionSnapshot.Take(collection) is not { } snapshot)
                return 0;

            if (snapshot.State.FindIndex(index.Name) is not { } current)
            {
                snapshot.Dispose();
                return 0;
            }

            // The path restricts the sweep of a partial index to the documents in the index. The index may be hidden from the planner.
            var path = IndexBinder.Bind(current, new Conjunction(filter), sort: null, hinted: true)!;
            using var unit = new WriteUnit(collection);
            using var rows = new FindRows(snapshot, new FindQuery(filter) { Limit = BatchSize }, path, static () => { });
            var deleted = 0;
            while (rows.MoveNext())
            {
                unit.Delete(rows.Record, rows.Stored);
                deleted++;
            }

            unit.Commit();
            return deleted;
        }
    }
}
