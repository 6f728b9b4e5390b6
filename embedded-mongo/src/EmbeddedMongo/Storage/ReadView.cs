using RocksDbSharp;

namespace EmbeddedMongo.Storage;

/// <summary>A consistent view of the store. Dispose it and all of its iterators before the engine.</summary>
internal sealed class ReadView : IDisposable
{
    private readonly RocksDb _db;
    private readonly Snapshot _snapshot;
    private ReadOptions? _scanOptions;
    private bool _disposed;

    public ReadView(RocksDb db)
    {
        _db = db;
        _snapshot = db.CreateSnapshot();
        Options = new ReadOptions().SetSnapshot(_snapshot);
    }

    public ReadOptions Options { get; }

    public Iterator Iterate() => _db.NewIterator(null, Options);

    /// <summary>
    /// Returns an iterator for a scan of many blocks. They are read once, so they do not replace others in the cache, which would also
    /// double the cost of the scan.
    /// </summary>
    public Iterator Scan() => _db.NewIterator(null, _scanOptions ??= new ReadOptions().SetSnapshot(_snapshot).SetFillCache(false));

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _snapshot.Dispose();
        }
    }
}
