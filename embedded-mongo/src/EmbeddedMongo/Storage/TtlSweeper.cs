using EmbeddedMongo.Indexes;
using EmbeddedMongo.Planning;
using EmbeddedMongo.Query.Matching;
using MongoDB.Bson;

namespace EmbeddedMongo.Storage;

/// <summary>Deletes documents whose TTL index says so (manual: "TTL Indexes"), a little at a time so that writers get their turn.</summary>
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

    /// <summary>Runs once over all collections; a sweep that is still running makes this one wait.</summary>
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
            // A sweep that had begun has ended: the engine may go.
        }
    }

    private int SweepOnce(Collection collection, IndexSpec index, long seconds)
    {
        var cutoff = new BsonDateTime(_time.GetUtcNow().ToUnixTimeMilliseconds() - (seconds * 1000));
        var filter = new ComparisonExpression(index.Paths[0], ComparisonOperator.Lte, cutoff);
        lock (collection.WriteLock)
        {
            if (_disposed || CollectionSnapshot.Take(collection) is not { } snapshot)
                return 0;

            if (snapshot.State.FindIndex(index.Name) is not { } current)
            {
                snapshot.Dispose();
                return 0;
            }

            // The hint also keeps a partial index's sweep to the documents that are in it.
            var query = new FindQuery(filter) { Limit = BatchSize, Hint = current.Name };
            using var unit = new WriteUnit(collection);
            using var rows = FindRows.Open(snapshot, query, static () => { });
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
