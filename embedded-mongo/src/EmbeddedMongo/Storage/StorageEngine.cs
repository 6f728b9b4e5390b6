using EmbeddedMongo.Bson;
using RocksDbSharp;

namespace EmbeddedMongo.Storage;

/// <summary>
/// RocksDB with bounded memory. Only this class knows its options. The write-ahead log verifies every record with a CRC and drops an
/// incomplete last one. The LOCK file restricts a folder to one process. See docs/adr/0001-embedded-storage-on-rocksdb.md.
/// </summary>
internal sealed class StorageEngine : IAsyncDisposable
{
    // Bounded memory: the cache (EmbeddedMongoOptions.CacheBytes) contains data, index and filter blocks. One memtable is written while
    // the other is flushed.
    private const int MemtableBytes = 16 * 1024 * 1024;
    private const int MaxMemtables = 2;

    // A lookup outside the cache reads and decompresses whole blocks: with 8 kB, it is about 20 % cheaper, but scans take 10 to 20 % longer
    // and files are 11 % larger.
    private const int BlockBytes = 16 * 1024;
    private const int MetadataBlockBytes = 8 * 1024;

    private readonly RocksDb _db;
    private readonly WriteOptions _writeOptions;
    private readonly Env? _memory;
    private readonly Cache _cache;
    private readonly ITimer? _journal;
    private Task _reclaiming = Task.CompletedTask;
    private int _unsynced;

    private StorageEngine(RocksDb db, Env? memory, Cache cache, EmbeddedMongoOptions options)
    {
        _db = db;
        _memory = memory;
        _cache = cache;
        CacheBytes = options.CacheBytes;
        _writeOptions = new WriteOptions();
        if (memory is not null)
        {
            _writeOptions.DisableWal(1);
        }
        else if (options.JournalCommitInterval > TimeSpan.Zero)
        {
            // The journal uses the system clock, so that a test that stops time does not stop durability.
            _journal = TimeProvider.System.CreateTimer(
                _ => SyncIfNeeded(),
                null,
                options.JournalCommitInterval,
                options.JournalCommitInterval
            );
        }
    }

    /// <summary>The size of the cache of data blocks.</summary>
    public long CacheBytes { get; }

    /// <summary>True if the data is in memory only.</summary>
    public bool IsEphemeral => _memory is not null;

    /// <exception cref="EmbeddedMongoException">The folder is in use, is not writable, or cannot be opened.</exception>
    public static StorageEngine Open(EmbeddedMongoOptions options)
    {
        var cache = Cache.CreateLru((ulong)Math.Max(options.CacheBytes, 1024 * 1024));
        var table = new BlockBasedTableOptions()
            .SetBlockCache(cache)
            .SetBlockSize(BlockBytes)
            .SetCacheIndexAndFilterBlocks(true)
            .SetPinL0FilterAndIndexBlocksInCache(true)
            .SetFilterPolicy(BloomFilterPolicy.Create(10, false))
            .SetIndexType(BlockBasedTableIndexType.TwoLevelIndex);
        PartitionFilters(table);
        var database = new DbOptions()
            .SetCreateIfMissing(true)
            .SetBlockBasedTableFactory(table)
            .SetCompression(Compression.Lz4)
            .SetWriteBufferSize(MemtableBytes)
            .SetMaxWriteBufferNumber(MaxMemtables)
            .SetTargetFileSizeBase(32 * 1024 * 1024)
            .SetMaxTotalWalSize(64 * 1024 * 1024)
            .SetMaxOpenFiles(256)
            .SetMaxBackgroundCompactions(1)
            .SetKeepLogFileNum(2)
            .SetStatsDumpPeriodSec(0)
            .SetWalRecoveryMode(Recovery.TolerateCorruptedTailRecords);
        Env? memory = null;
        string directory;
        if (options.DataDirectory is { } folder)
        {
            directory = Path.GetFullPath(folder);
            CreateFolder(directory);
        }
        else
        {
            memory = Env.CreateMemEnv();
            database.SetEnv(memory.Handle);
            directory = "/embedded";
        }

        try
        {
            return new StorageEngine(RocksDb.Open(database, directory), memory, cache, options);
        }
        catch (RocksDbException error)
        {
            throw Explain(directory, error);
        }
    }

    /// <summary>Appends a value to <paramref name="target"/>. Returns false if the key does not exist.</summary>
    public bool TryGet(ReadOnlySpan<byte> key, PooledBuffer target, ReadView? view = null) =>
        _db.Get(key, new Appender(target), null, view?.Options);

    public byte[]? Get(ReadOnlySpan<byte> key, ReadView? view = null) => _db.Get(key, null, view?.Options);

    /// <summary>Reads a value of exactly the length of the span (a record number).</summary>
    public bool TryGetRecord(ReadOnlySpan<byte> key, Span<byte> value, ReadView? view = null) =>
        _db.GetFixedSizeValue(key, value, null, view?.Options);

    public ReadView OpenView() => new(_db);

    /// <summary>Writes a batch atomically. On return, the operating system has the bytes.</summary>
    public void Write(WriteBatch batch)
    {
        _db.Write(batch, _writeOptions);
        Volatile.Write(ref _unsynced, 1);
    }

    /// <summary>Syncs the journal to disk (<c>j: true</c>).</summary>
    public void Sync()
    {
        if (!IsEphemeral)
        {
            Volatile.Write(ref _unsynced, 0);
            Native.Instance.rocksdb_flush_wal(_db.Handle, 1);
        }
    }

    /// <summary>
    /// Frees the space of deleted entries between two keys in the background, one range after another. Open snapshots are not affected.
    /// </summary>
    /// <returns>A task that completes with this range. Callers need not await it.</returns>
    public Task Reclaim(byte[] from, byte[] to)
    {
        lock (_cache)
        {
            return _reclaiming = _reclaiming.ContinueWith(
                _ => _db.CompactRange(from, to),
                CancellationToken.None,
                TaskContinuationOptions.LongRunning,
                TaskScheduler.Default
            );
        }
    }

    /// <summary>The approximate size of the data files in bytes.</summary>
    public long ApproximateSize => long.TryParse(_db.GetProperty("rocksdb.total-sst-files-size"), out var files) ? files : 0;

    /// <summary>
    /// Returns the approximate size of the entries between two keys in bytes, compressed as they are stored. Includes those in memory.
    /// </summary>
    public unsafe long GetApproximateSize(byte[] from, byte[] to)
    {
        const byte MemtablesAndFiles = 3;
        fixed (byte* start = from)
        fixed (byte* limit = to)
        {
            var (starts, limits) = ((IntPtr)start, (IntPtr)limit);
            var (startLength, limitLength) = ((UIntPtr)from.Length, (UIntPtr)to.Length);
            var size = 0UL;
            Native.Instance.rocksdb_approximate_sizes_cf_with_flags(
                _db.Handle,
                Native.Instance.rocksdb_get_default_column_family_handle(_db.Handle),
                1,
                (IntPtr)(&starts),
                (IntPtr)(&startLength),
                (IntPtr)(&limits),
                (IntPtr)(&limitLength),
                MemtablesAndFiles,
                (IntPtr)(&size)
            );
            return (long)size;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _journal?.Dispose();
        Native.Instance.rocksdb_cancel_all_background_work(_db.Handle, 0);
        // A canceled compaction throws but loses no data.
        await _reclaiming.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_writeOptions)
        {
            SyncIfNeeded();
            _db.Dispose();
        }

        GC.KeepAlive(_memory);
        GC.KeepAlive(_cache);
    }

    private void SyncIfNeeded()
    {
        lock (_writeOptions)
        {
            if (Interlocked.Exchange(ref _unsynced, 0) == 1 && !IsEphemeral && _db.Handle != IntPtr.Zero)
                Native.Instance.rocksdb_flush_wal(_db.Handle, 1);
        }
    }

    /// <summary>
    /// Partitions filters into blocks. The cache has shards of 512 KB and never keeps a block larger than a shard. Without partitions,
    /// every lookup of a unique key in a file with more than 400,000 keys would read and verify the whole filter.
    /// </summary>
    private static void PartitionFilters(BlockBasedTableOptions table)
    {
        Native.Instance.rocksdb_block_based_options_set_partition_filters(table.Handle, 1);
        Native.Instance.rocksdb_block_based_options_set_metadata_block_size(table.Handle, MetadataBlockBytes);
        Native.Instance.rocksdb_block_based_options_set_pin_top_level_index_and_filter(table.Handle, 1);
    }

    private static void CreateFolder(string directory)
    {
        try
        {
            Directory.CreateDirectory(directory);
            var probe = Path.Combine(directory, ".writable");
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EmbeddedMongoException($"The data folder {directory} is not writable: {error.Message}", error);
        }
    }

    private static EmbeddedMongoException Explain(string directory, RocksDbException error) =>
        error.Message.Contains("lock", StringComparison.OrdinalIgnoreCase)
            ? new EmbeddedMongoException(
                $"The data folder {directory} is in use by another process. Stop that process or choose another folder.",
                error
            )
            : new EmbeddedMongoException($"The data folder {directory} cannot be opened: {error.Message}", error);

    private sealed class Appender(PooledBuffer target) : ISpanDeserializer<bool>
    {
        public bool Deserialize(ReadOnlySpan<byte> buffer)
        {
            target.Write(buffer);
            return true;
        }
    }
}
