using EmbeddedMongo.Bson;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Indexes;
using MongoDB.Bson;
using RocksDbSharp;

namespace EmbeddedMongo.Storage;

/// <summary>
/// Changes to one collection that are written together, each document atomically with its index entries. Use it with the collection's
/// write lock held. A rejected document leaves nothing in the batch.
/// </summary>
internal sealed class WriteUnit(Collection collection) : IDisposable
{
    private readonly WriteBatch _batch = new();
    private readonly Dictionary<byte[], bool> _pendingUnique = new(ByteArrayComparer.Instance);

    /// <summary>The size of a batch that removes many documents of a capped collection.</summary>
    private const long TrimBytes = 8 * 1024 * 1024;

    private readonly HashSet<long> _replaced = [];
    private readonly IndexEntries _entries = new();
    private IndexEntries? _oldEntries;
    private OldestDocuments? _oldest;
    private bool _hasInserts;
    private bool _hasOtherChanges;
    private long _lastRemoved;
    private CollectionState _state = collection.State;
    private long _count;
    private long _bytes;

    /// <summary>The size of the pending changes in bytes. Callers with many documents commit when it grows large.</summary>
    public long PendingBytes { get; private set; }

    /// <summary>
    /// Returns whether the document with this key of a unique index is inserted, replaced or deleted by a pending change.
    /// </summary>
    public bool IsPending(ReadOnlySpan<byte> uniqueKey)
    {
        if (_pendingUnique.GetAlternateLookup<ReadOnlySpan<byte>>().ContainsKey(uniqueKey))
            return true;

        Span<byte> holder = stackalloc byte[KeySpace.RecordIdLength];
        return collection.Engine.TryGetRecord(uniqueKey, holder) && _replaced.Contains(KeySpace.RecordOf(holder));
    }

    /// <summary>
    /// Inserts a document, which must have an <c>_id</c>, and returns its record number. In a full capped collection, also removes the
    /// oldest documents.
    /// </summary>
    /// <exception cref="MongoErrorException">11000 if a unique key already exists, 2 if the document is larger than the capped
    /// collection.</exception>
    public long Insert(ReadOnlySpan<byte> document)
    {
        if (document.Length > _state.Capped?.Size)
            throw MongoErrorException.BadValue("object to insert exceeds cappedMaxSize");

        // The oldest documents are removed as they are stored.
        if (_hasOtherChanges && _state.Capped is not null)
            Commit();

        Generate(_entries, document);
        CheckUnique(_entries, null, document, record: null);
        if (_state.Capped is { } limits)
            RemoveOldest(limits, document.Length);

        var record = collection.AllocateRecord();
        PutDocument(record, document);
        for (var i = 0; i < _entries.Count; i++)
            PutEntry(_entries, i, record);

        _count++;
        _bytes += document.Length;
        _hasInserts = true;
        if (_state.Capped is not null)
            (_oldest ??= new OldestDocuments(collection)).Add(record, document);

        return record;
    }

    /// <summary>Replaces a document, and updates only the index entries that differ.</summary>
    public void Replace(long record, ReadOnlySpan<byte> before, ReadOnlySpan<byte> after)
    {
        var old = Generate(_oldEntries ??= new IndexEntries(), before);
        Generate(_entries, after);
        CheckUnique(_entries, old, after, record);
        for (var i = 0; i < old.Count; i++)
        {
            if (!_entries.Contains(old.GetKey(i)))
                DeleteEntry(old, i, record);
        }

        for (var i = 0; i < _entries.Count; i++)
        {
            if (!old.Contains(_entries.GetKey(i)))
                PutEntry(_entries, i, record);
        }

        PutDocument(record, after);
        _hasOtherChanges = true;
        _replaced.Add(record);
        _bytes += after.Length - before.Length;
    }

    public void Delete(long record, ReadOnlySpan<byte> document)
    {
        Delete(Generate(_entries, document), record, document.Length);
        _hasOtherChanges = true;
    }

    /// <summary>Removes the oldest documents of a capped collection until it is within its limits.</summary>
    /// <param name="limits">The limits.</param>
    /// <param name="added">Size in bytes of a document that is about to be inserted; null if there is none.</param>
    public void RemoveOldest(CappedLimits limits, int? added)
    {
        var oldest = _oldest ??= new OldestDocuments(collection);
        while (ExceedsLimits() && oldest.MoveNext())
        {
            _lastRemoved = oldest.Record;
            Delete(Generate(_oldEntries ??= new IndexEntries(), oldest.Document), oldest.Record, oldest.Document.Length);
            if (PendingBytes >= TrimBytes)
                Commit();
        }

        bool ExceedsLimits()
        {
            var (count, bytes) = collection.Totals();
            return count + _count + (added is null ? 0 : 1) > limits.Max || bytes + _bytes + (added ?? 0) > limits.Size;
        }
    }

    /// <summary>Adds the entries of an existing document to an index that is being built.</summary>
    public void AddEntries(IndexSpec index, long record, BsonDocument document)
    {
        _entries.Generate(index, document, out var newlyMultikey);
        if (newlyMultikey is not null)
            _state = _state.WithReplaced(index.WithMultikey(newlyMultikey));

        for (var i = 0; i < _entries.Count; i++)
        {
            if (index.Unique && IsTaken(_entries.GetKey(i), record))
                throw CreateDuplicateKeyError(index, document);
        }

        for (var i = 0; i < _entries.Count; i++)
            PutEntry(_entries, i, record);
    }

    /// <summary>The collection's state including changes of this unit, such as new multikey paths.</summary>
    public CollectionState State => _state;

    /// <summary>Uses a state with an additional index.</summary>
    public void Use(CollectionState state) => _state = state;

    /// <summary>Publishes a changed state, then writes all changes. The unit can be reused afterwards.</summary>
    public void Commit()
    {
        if (!ReferenceEquals(_state, collection.State))
        {
            Catalog.Write(_batch, collection, _state);
            collection.Publish(_state);
        }

        Flush();
    }

    /// <summary>Writes the pending changes without publishing the state, for the entries of an index that is still being built.</summary>
    public void Flush()
    {
        if (_batch.Count() > 0)
            collection.Engine.Write(_batch);

        collection.AddToTotals(_count, _bytes);
        if (_hasInserts)
            collection.Inserted.Raise();

        if (_lastRemoved > 0)
            collection.OldestRecord = _lastRemoved + 1;

        _oldest?.Reset();
        _lastRemoved = 0;
        (_hasInserts, _hasOtherChanges) = (false, false);
        _batch.Clear();
        _pendingUnique.Clear();
        _replaced.Clear();
        (_count, _bytes, PendingBytes) = (0, 0, 0);
    }

    public void Dispose()
    {
        _batch.Dispose();
        _oldest?.Dispose();
        _entries.Dispose();
        _oldEntries?.Dispose();
    }

    /// <summary>Generates the entries of a document, and notes new multikey paths in the state.</summary>
    private IndexEntries Generate(IndexEntries entries, ReadOnlySpan<byte> document)
    {
        _state = entries.Generate(_state, document);
        return entries;
    }

    /// <summary>Throws if an entry that is not among <paramref name="before"/> exists with another record.</summary>
    private void CheckUnique(IndexEntries entries, IndexEntries? before, ReadOnlySpan<byte> document, long? record)
    {
        for (var i = 0; i < entries.Count; i++)
        {
            if (entries.GetIndex(i).Unique && before?.Contains(entries.GetKey(i)) != true && IsTaken(entries.GetKey(i), record))
                throw CreateDuplicateKeyError(entries.GetIndex(i), BsonDecoder.Decode(document, entries.GetIndex(i).Needed));
        }
    }

    private bool IsTaken(ReadOnlySpan<byte> key, long? record)
    {
        if (_pendingUnique.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(key, out var taken))
            return taken;

        Span<byte> holder = stackalloc byte[KeySpace.RecordIdLength];
        return collection.Engine.TryGetRecord(key, holder) && KeySpace.RecordOf(holder) != record;
    }

    private MongoErrorException CreateDuplicateKeyError(IndexSpec index, BsonDocument document)
    {
        var values = new BsonDocument();
        foreach (var path in index.Paths)
            values[path.Path] = path.GetField(document) ?? BsonNull.Value;

        return MongoErrorException.DuplicateKey(collection.Namespace, index.Name, index.KeyPattern, values, index.Collation?.Document);
    }

    private void Delete(IndexEntries entries, long record, int length)
    {
        for (var i = 0; i < entries.Count; i++)
            DeleteEntry(entries, i, record);

        Span<byte> documentKey = stackalloc byte[KeySpace.DocumentKeyLength];
        KeySpace.DocumentKey(documentKey, collection.Id, record);
        _batch.Delete(documentKey);
        PendingBytes += KeySpace.DocumentKeyLength;
        _count--;
        _bytes -= length;
    }

    private void PutDocument(long record, ReadOnlySpan<byte> document)
    {
        Span<byte> key = stackalloc byte[KeySpace.DocumentKeyLength];
        KeySpace.DocumentKey(key, collection.Id, record);
        _batch.Put(key, document);
        PendingBytes += document.Length;
    }

    private void PutEntry(IndexEntries entries, int entry, long record)
    {
        var key = entries.GetKey(entry, record);
        if (entries.GetIndex(entry).Unique)
        {
            Span<byte> value = stackalloc byte[KeySpace.RecordIdLength];
            KeySpace.WriteRecord(value, record);
            _batch.Put(key, value);
            SetPending(key, true);
        }
        else
        {
            _batch.Put(key, ReadOnlySpan<byte>.Empty);
        }

        PendingBytes += key.Length;
    }

    private void DeleteEntry(IndexEntries entries, int entry, long record)
    {
        var key = entries.GetKey(entry, record);
        _batch.Delete(key);
        if (entries.GetIndex(entry).Unique)
            SetPending(key, false);

        PendingBytes += key.Length;
    }

    private void SetPending(ReadOnlySpan<byte> key, bool isTaken) => _pendingUnique.GetAlternateLookup<ReadOnlySpan<byte>>()[key] = isTaken;
}
