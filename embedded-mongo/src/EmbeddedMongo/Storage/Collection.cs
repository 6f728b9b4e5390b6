using EmbeddedMongo.Bson;
using EmbeddedMongo.Indexes;

namespace EmbeddedMongo.Storage;

/// <summary>
/// A collection. Writers hold <see cref="WriteLock"/>. Readers use a <see cref="CollectionSnapshot"/> without a lock.
/// </summary>
internal sealed class Collection
{
    private CollectionState _state;
    private long _nextRecord;
    private long _oldestRecord;
    private long _count = -1;
    private long _dataSize;

    public Collection(StorageEngine engine, string database, string name, uint id, Guid uuid, CollectionState state, bool isNew)
    {
        Engine = engine;
        Database = database;
        Name = name;
        Namespace = $"{database}.{name}";
        Id = id;
        Uuid = uuid;
        DocumentPrefix = KeySpace.Prefix('d', id);
        _state = state;
        if (isNew)
            _count = 0;
        else
            _nextRecord = LastRecord() + 1;
    }

    public StorageEngine Engine { get; }

    public string Database { get; }

    public string Name { get; }

    public string Namespace { get; }

    public uint Id { get; }

    public Guid Uuid { get; }

    public byte[] DocumentPrefix { get; }

    public Lock WriteLock { get; } = new();

    public CollectionState State => Volatile.Read(ref _state);

    /// <summary>
    /// Publishes a new state. Call it before deleting entries of a removed index, and before writing documents that change the state (a new
    /// array on an indexed path), so that a reader of the old state takes a new snapshot.
    /// </summary>
    /// <exception cref="InvalidOperationException">The collection was dropped, renamed or replaced.</exception>
    public void Publish(CollectionState state)
    {
        if (State.Dropped)
            throw new InvalidOperationException($"{Namespace} was dropped.");

        Volatile.Write(ref _state, state);
        if (state.Dropped)
            Inserted.Raise();
    }

    /// <summary>Raised after documents were inserted.</summary>
    public InsertSignal Inserted { get; } = new();

    /// <summary>
    /// A lower bound of the record numbers. Scans of a capped collection start there, because seeking over many deleted documents is slow.
    /// </summary>
    public long OldestRecord
    {
        get => Volatile.Read(ref _oldestRecord);
        set => Volatile.Write(ref _oldestRecord, value);
    }

    /// <summary>Returns the record number of a new document. Numbers ascend in insertion order.</summary>
    public long AllocateRecord() => Interlocked.Increment(ref _nextRecord);

    /// <summary>The highest record number so far, an upper bound of the number of documents.</summary>
    public long LastRecordNumber => Volatile.Read(ref _nextRecord);

    /// <summary>The size of the documents in bytes; null if it has not been computed since the start.</summary>
    public long? KnownDataSize => _count < 0 ? null : _dataSize;

    /// <summary>Whether all documents are known to fit into the cache, so that repeated scans should find them there.</summary>
    public bool FitsIntoCache => KnownDataSize <= Engine.CacheBytes / 2;

    /// <summary>Returns the number of documents and their size in bytes. Computed on first use, then kept up to date.</summary>
    public (long Count, long DataSize) Totals()
    {
        lock (WriteLock)
        {
            if (_count < 0)
                CountDocuments();

            return (_count, _dataSize);
        }
    }

    /// <summary>Updates the totals. Call it with <see cref="WriteLock"/> held.</summary>
    public void AddToTotals(long documents, long bytes)
    {
        if (_count >= 0)
        {
            _count += documents;
            _dataSize += bytes;
        }
    }

    /// <summary>Copies the bytes of a document to <paramref name="target"/>.</summary>
    public bool TryGetDocument(long record, PooledBuffer target, ReadView? view = null)
    {
        Span<byte> key = stackalloc byte[KeySpace.DocumentKeyLength];
        KeySpace.DocumentKey(key, Id, record);
        return Engine.TryGet(key, target, view);
    }

    /// <summary>Returns the record of a key in a unique index.</summary>
    public long? FindUnique(IndexSpec index, ReadOnlySpan<byte> fields, ReadView? view = null)
    {
        Span<byte> value = stackalloc byte[KeySpace.RecordIdLength];
        return Engine.TryGetRecord(KeySpace.IndexKey(index.Id, fields, null), value, view) ? KeySpace.RecordOf(value) : null;
    }

    private void CountDocuments()
    {
        long count = 0,
            size = 0;
        using var view = Engine.OpenView();
        using var iterator = view.Scan();
        for (iterator.Seek(DocumentPrefix); iterator.Valid() && iterator.GetKeySpan().StartsWith(DocumentPrefix); iterator.Next())
        {
            count++;
            size += iterator.GetValueSpan().Length;
        }

        _count = count;
        _dataSize = size;
    }

    private long LastRecord()
    {
        using var view = Engine.OpenView();
        using var iterator = view.Iterate();
        iterator.SeekForPrev(KeySpace.Prefix('d', Id + 1));
        return iterator.Valid() && iterator.GetKeySpan().StartsWith(DocumentPrefix) ? KeySpace.RecordOf(iterator.GetKeySpan()) : 0;
    }
}
