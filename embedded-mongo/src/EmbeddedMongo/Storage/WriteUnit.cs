using EmbeddedMongo.Bson;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Indexes;
using MongoDB.Bson;
using RocksDbSharp;

namespace EmbeddedMongo.Storage;

/// <summary>
/// Changes to one collection that are written together: documents with their index entries, never one without the other.
/// Use it with the collection's write lock held. A document that is refused leaves nothing in the batch.
/// </summary>
internal sealed class WriteUnit(Collection collection) : IDisposable
{
    private readonly WriteBatch _batch = new();
    private readonly Dictionary<byte[], bool> _pendingUnique = new(ByteArrayComparer.Instance);
    private CollectionState _state = collection.State;
    private long _count;
    private long _bytes;

    /// <summary>Bytes gathered so far; a caller with many documents commits now and then.</summary>
    public long PendingBytes { get; private set; }

    /// <summary>Adds a document, given with its <c>_id</c>.</summary>
    /// <exception cref="MongoErrorException">11000 when a unique key is taken.</exception>
    public long Insert(ReadOnlySpan<byte> document)
    {
        var entries = EntriesOf(document);
        CheckUnique(entries, [], document, record: null);
        var record = collection.TakeRecord();
        PutDocument(record, document);
        foreach (var (index, key) in entries)
            PutEntry(index, key, record);

        _count++;
        _bytes += document.Length;
        return record;
    }

    /// <summary>Puts a document in the place of another; only index entries that differ are touched.</summary>
    public void Replace(long record, ReadOnlySpan<byte> before, ReadOnlySpan<byte> after)
    {
        var old = EntriesOf(before);
        var entries = EntriesOf(after);
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
        foreach (var (index, key) in EntriesOf(document))
            DeleteEntry(index, key, record);

        Span<byte> documentKey = stackalloc byte[KeySpace.DocumentKeyLength];
        KeySpace.DocumentKey(documentKey, collection.Id, record);
        _batch.Delete(documentKey);
        PendingBytes += KeySpace.DocumentKeyLength;
        _count--;
        _bytes -= document.Length;
    }

    /// <summary>Adds one index's entries of an existing document, for an index that is being built.</summary>
    public void AddEntries(IndexSpec index, long record, BsonDocument document)
    {
        var entries = KeysOf(index, document).ConvertAll(key => new IndexEntry(index, key));
        CheckUnique(entries, [], document, record);
        foreach (var (_, key) in entries)
            PutEntry(index, key, record);
    }

    /// <summary>The index as this unit has come to know it (arrays that it has seen).</summary>
    public CollectionState State => _state;

    /// <summary>Takes over a state that has an index more.</summary>
    public void Use(CollectionState state) => _state = state;

    /// <summary>Writes everything, and a changed state before it; afterwards the unit can be used anew.</summary>
    public void Commit()
    {
        if (!ReferenceEquals(_state, collection.State))
        {
            Catalog.Write(_batch, collection, _state);
            collection.Publish(_state);
        }

        Flush();
    }

    /// <summary>Writes what was gathered and keeps the state to itself: the entries of an index that is not to be seen yet.</summary>
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

    private List<IndexEntry> EntriesOf(ReadOnlySpan<byte> raw)
    {
        var document = BsonDecoder.Decode(raw, _state.IndexedFields);
        var entries = new List<IndexEntry>(_state.Indexes.Count);
        for (var i = 0; i < _state.Indexes.Count; i++)
        {
            var index = _state.Indexes[i];
            foreach (var key in KeysOf(index, document))
                entries.Add(new IndexEntry(index, key));
        }

        return entries;
    }

    private List<byte[]> KeysOf(IndexSpec index, BsonDocument document)
    {
        var keys = IndexKeyGenerator.Generate(index, document, out var newlyMultikey);
        if (newlyMultikey is not null)
            _state = _state.With(index.WithMultikey(newlyMultikey));

        return keys;
    }

    private void CheckUnique(List<IndexEntry> added, List<IndexEntry> removed, ReadOnlySpan<byte> raw, long? record)
    {
        foreach (var entry in added)
        {
            if (entry.Index.Unique && IsTaken(entry, removed, record))
                throw Duplicate(entry.Index, BsonDecoder.Decode(raw, entry.Index.Needed));
        }
    }

    private void CheckUnique(List<IndexEntry> added, List<IndexEntry> removed, BsonDocument document, long? record)
    {
        foreach (var entry in added)
        {
            if (entry.Index.Unique && IsTaken(entry, removed, record))
                throw Duplicate(entry.Index, document);
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

    private MongoErrorException Duplicate(IndexSpec index, BsonDocument document)
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
