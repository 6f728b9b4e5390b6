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
    private CollectionState _state = collection.State;
    private long _count;
    private long _bytes;

    /// <summary>The size of the pending changes in bytes. Callers with many documents commit when it grows large.</summary>
    public long PendingBytes { get; private set; }

    /// <summary>Inserts a document, which must have an <c>_id</c>, and returns its record number.</summary>
    /// <exception cref="MongoErrorException">11000 if a unique key already exists.</exception>
    public long Insert(ReadOnlySpan<byte> document)
    {
        var entries = GetEntries(document);
        CheckUnique(entries, [], document, record: null);
        var record = collection.AllocateRecord();
        PutDocument(record, document);
        foreach (var (index, key) in entries)
            PutEntry(index, key, record);

        _count++;
        _bytes += document.Length;
        return record;
    }

    /// <summary>Replaces a document, and updates only the index entries that differ.</summary>
    public void Replace(long record, ReadOnlySpan<byte> before, ReadOnlySpan<byte> after)
    {
        var old = GetEntries(before);
        var entries = GetEntries(after);
        var added = entries.Where(entry => !old.Exists(entry.Equals)).ToList();
        var removed = old.Where(entry => !entries.Exists(entry.Equals)).ToList();
        CheckUnique(added, removed, after, record);
        foreach (var (index, key) in removed)
            DeleteEntry(index, key, record);

        foreach (var (index, key) in added)
            PutEntry(index, key, record);

        PutDocument(record, after);
        _bytes += after.Length - before.Length;
    }

    public void Delete(long record, ReadOnlySpan<byte> document)
    {
        foreach (var (index, key) in GetEntries(document))
            DeleteEntry(index, key, record);

        Span<byte> documentKey = stackalloc byte[KeySpace.DocumentKeyLength];
        KeySpace.DocumentKey(documentKey, collection.Id, record);
        _batch.Delete(documentKey);
        PendingBytes += KeySpace.DocumentKeyLength;
        _count--;
        _bytes -= document.Length;
    }

    /// <summary>Adds the entries of an existing document to an index that is being built.</summary>
    public void AddEntries(IndexSpec index, long record, BsonDocument document)
    {
        var entries = GetKeys(index, document).ConvertAll(key => new IndexEntry(index, key));
        CheckUnique(entries, [], document, record);
        foreach (var (_, key) in entries)
            PutEntry(index, key, record);
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
        _batch.Clear();
        _pendingUnique.Clear();
        (_count, _bytes, PendingBytes) = (0, 0, 0);
    }

    public void Dispose() => _batch.Dispose();

    private List<IndexEntry> GetEntries(ReadOnlySpan<byte> raw)
    {
        var document = BsonDecoder.Decode(raw, _state.IndexedFields);
        var entries = new List<IndexEntry>(_state.Indexes.Count);
        for (var i = 0; i < _state.Indexes.Count; i++)
        {
            var index = _state.Indexes[i];
            foreach (var key in GetKeys(index, document))
                entries.Add(new IndexEntry(index, key));
        }

        return entries;
    }

    private List<byte[]> GetKeys(IndexSpec index, BsonDocument document)
    {
        var keys = IndexKeyGenerator.Generate(index, document, out var newlyMultikey);
        if (newlyMultikey is not null)
            _state = _state.WithReplaced(index.WithMultikey(newlyMultikey));

        return keys;
    }

    private void CheckUnique(List<IndexEntry> added, List<IndexEntry> removed, ReadOnlySpan<byte> raw, long? record)
    {
        foreach (var entry in added)
        {
            if (entry.Index.Unique && IsTaken(entry, removed, record))
                throw CreateDuplicateKeyError(entry.Index, BsonDecoder.Decode(raw, entry.Index.Needed));
        }
    }

    private void CheckUnique(List<IndexEntry> added, List<IndexEntry> removed, BsonDocument document, long? record)
    {
        foreach (var entry in added)
        {
            if (entry.Index.Unique && IsTaken(entry, removed, record))
                throw CreateDuplicateKeyError(entry.Index, document);
        }
    }

    private bool IsTaken(IndexEntry entry, List<IndexEntry> removed, long? record)
    {
        if (removed.Exists(entry.Equals))
            return false;

        var key = KeySpace.IndexKey(entry.Index.Id, entry.Key, null);
        return _pendingUnique.TryGetValue(key, out var taken)
            ? taken
            : collection.FindUnique(entry.Index, entry.Key) is { } holder && holder != record;
    }

    private MongoErrorException CreateDuplicateKeyError(IndexSpec index, BsonDocument document)
    {
        var values = new BsonDocument();
        foreach (var path in index.Paths)
            values[path.Path] = path.GetField(document) ?? BsonNull.Value;

        return MongoErrorException.DuplicateKey(collection.Namespace, index.Name, index.KeyPattern, values);
    }

    private void PutDocument(long record, ReadOnlySpan<byte> document)
    {
        Span<byte> key = stackalloc byte[KeySpace.DocumentKeyLength];
        KeySpace.DocumentKey(key, collection.Id, record);
        _batch.Put(key, document);
        PendingBytes += document.Length;
    }

    private void PutEntry(IndexSpec index, byte[] fields, long record)
    {
        if (!index.Unique)
        {
            _batch.Put(KeySpace.IndexKey(index.Id, fields, record), ReadOnlySpan<byte>.Empty);
        }
        else
        {
            var key = KeySpace.IndexKey(index.Id, fields, null);
            Span<byte> value = stackalloc byte[KeySpace.RecordIdLength];
            System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(value, record);
            _batch.Put(key, value);
            _pendingUnique[key] = true;
        }

        PendingBytes += fields.Length + KeySpace.DocumentKeyLength;
    }

    private void DeleteEntry(IndexSpec index, byte[] fields, long record)
    {
        var key = KeySpace.IndexKey(index.Id, fields, index.Unique ? null : record);
        _batch.Delete((ReadOnlySpan<byte>)key);
        if (index.Unique)
            _pendingUnique[key] = false;

        PendingBytes += key.Length;
    }

    private readonly record struct IndexEntry(IndexSpec Index, byte[] Key)
    {
        public bool Equals(IndexEntry other) => Index.Id == other.Index.Id && Key.AsSpan().SequenceEqual(other.Key);

        public override int GetHashCode() => HashCode.Combine(Index.Id, Key.Length);
    }
}
