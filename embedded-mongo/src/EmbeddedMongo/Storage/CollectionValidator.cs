using EmbeddedMongo.Bson;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Indexes;

namespace EmbeddedMongo.Storage;

/// <summary>
/// Checks one snapshot of a collection: every document is valid BSON, has the index entries that it should have, and every index entry
/// belongs to a document that produces it. Writers are not blocked.
/// </summary>
internal sealed class CollectionValidator : IDisposable
{
    /// <summary>Maximum number of findings to list per kind. All of them are counted.</summary>
    private const int MaxListed = 100;

    private const int CheckInterval = 128;

    private readonly CollectionSnapshot _snapshot;
    private readonly Action _checkInterrupted;
    private readonly IndexEntries _entries = new();
    private readonly PooledBuffer _document = new();
    private readonly Dictionary<uint, IndexResult> _indexes;
    private long _steps;

    /// <param name="snapshot">The collection. The caller keeps ownership.</param>
    /// <param name="checkInterrupted">Throws if the command must stop.</param>
    public CollectionValidator(CollectionSnapshot snapshot, Action checkInterrupted)
    {
        _snapshot = snapshot;
        _checkInterrupted = checkInterrupted;
        _indexes = snapshot.State.Indexes.ToDictionary(index => index.Id, index => new IndexResult(index));
    }

    public IEnumerable<IndexResult> Indexes => _indexes.Values;

    /// <summary>Number of documents, including invalid ones.</summary>
    public long Documents { get; private set; }

    public long InvalidDocuments { get; private set; }

    /// <summary>Record numbers of the first invalid documents.</summary>
    public List<long> InvalidRecords { get; } = [];

    /// <summary>The first index entries that are missing.</summary>
    public List<(IndexSpec Index, long Record)> Missing { get; } = [];

    /// <summary>The first index entries without a document that produces them.</summary>
    public List<(IndexSpec Index, long Record)> Extra { get; } = [];

    public bool IsValid => InvalidDocuments == 0 && _indexes.Values.All(index => index.IsValid);

    public void Run()
    {
        ReadDocuments();
        foreach (var index in _indexes.Values)
        {
            index.Keys = ReadKeys(index.Index, static (_, _) => { });

            // Without missing entries, equal numbers mean that there are no others. Comparing each entry needs a lookup.
            if (index.Keys != index.Expected || index.Missing > 0)
                ReadKeys(index.Index, (key, record) => FindExtra(index, key, record));
        }
    }

    public void Dispose()
    {
        _entries.Dispose();
        _document.Dispose();
    }

    private void ReadDocuments()
    {
        var prefix = _snapshot.Collection.DocumentPrefix;
        using var iterator = _snapshot.View.Scan();
        for (iterator.Seek(prefix); iterator.Valid() && iterator.GetKeySpan().StartsWith(prefix); iterator.Next())
        {
            Step();
            Documents++;
            var record = KeySpace.RecordOf(iterator.GetKeySpan());
            if (TryGenerate(iterator.GetValueSpan()))
            {
                FindMissing(record);
                continue;
            }

            InvalidDocuments++;
            if (InvalidRecords.Count < MaxListed)
                InvalidRecords.Add(record);
        }
    }

    /// <summary>Generates the index entries of a document. Returns false if it is invalid or cannot be indexed.</summary>
    private bool TryGenerate(ReadOnlySpan<byte> document)
    {
        try
        {
            RawBson.Validate(document, BsonLimits.MaxStoredDepth);
            if (!RawBson.TryFind(document, "_id"u8, out _))
                return false;

            var state = _entries.Generate(_snapshot.State, document);
            if (!ReferenceEquals(state, _snapshot.State))
            {
                foreach (var index in state.Indexes.Where((index, i) => !ReferenceEquals(index, _snapshot.State.Indexes[i])))
                    _indexes[index.Id].LacksMultikey = true;
            }

            return true;
        }
        catch (Exception error) when (error is InvalidBsonException or MongoErrorException)
        {
            return false;
        }
    }

    private void FindMissing(long record)
    {
        for (var i = 0; i < _entries.Count; i++)
        {
            var index = _indexes[_entries.GetIndex(i).Id];
            index.Expected++;
            if (Exists(index.Index, _entries.GetKey(i, record), record))
                continue;

            index.Missing++;
            if (Missing.Count < MaxListed)
                Missing.Add((index.Index, record));
        }
    }

    private bool Exists(IndexSpec index, ReadOnlySpan<byte> key, long record)
    {
        if (!index.Unique)
            return _snapshot.Collection.Engine.Get(key, _snapshot.View) is not null;

        Span<byte> holder = stackalloc byte[KeySpace.RecordIdLength];
        return _snapshot.Collection.Engine.TryGetRecord(key, holder, _snapshot.View) && KeySpace.RecordOf(holder) == record;
    }

    private void FindExtra(IndexResult index, ReadOnlySpan<byte> key, long record)
    {
        _document.Clear();
        if (_snapshot.Collection.TryGetDocument(record, _document, _snapshot.View) && TryGenerate(_document.WrittenSpan))
        {
            for (var i = 0; i < _entries.Count; i++)
            {
                if (_entries.GetKey(i, record).SequenceEqual(key))
                    return;
            }
        }

        index.Extra++;
        if (Extra.Count < MaxListed)
            Extra.Add((index.Index, record));
    }

    /// <summary>Reads all keys of an index and returns their number.</summary>
    private long ReadKeys(IndexSpec index, KeyReader read)
    {
        var prefix = KeySpace.Prefix('i', index.Id);
        var count = 0L;
        using var iterator = _snapshot.View.Scan();
        for (iterator.Seek(prefix); iterator.Valid() && iterator.GetKeySpan().StartsWith(prefix); iterator.Next())
        {
            Step();
            count++;
            var holder = index.Unique ? iterator.GetValueSpan() : iterator.GetKeySpan();
            read(iterator.GetKeySpan(), holder.Length < KeySpace.RecordIdLength ? 0 : KeySpace.RecordOf(holder));
        }

        return count;
    }

    private void Step()
    {
        if (++_steps % CheckInterval == 0)
            _checkInterrupted();
    }

    private delegate void KeyReader(ReadOnlySpan<byte> key, long record);

    /// <summary>The findings about one index.</summary>
    internal sealed class IndexResult(IndexSpec index)
    {
        public IndexSpec Index { get; } = index;

        /// <summary>Number of entries in the index.</summary>
        public long Keys { get; set; }

        /// <summary>Number of entries that the valid documents produce.</summary>
        public long Expected { get; set; }

        public long Missing { get; set; }

        public long Extra { get; set; }

        /// <summary>Whether a document has an array on a path that is not marked as multikey.</summary>
        public bool LacksMultikey { get; set; }

        public bool IsValid => Missing == 0 && Extra == 0 && !LacksMultikey;
    }
}
