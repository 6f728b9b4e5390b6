using EmbeddedMongo.Bson;
using EmbeddedMongo.Indexes;
using MongoDB.Bson;

namespace EmbeddedMongo.Storage;

/// <summary>
/// The index entries of one document at a time, as keys of the store in a reused buffer. Most are encoded from the document's bytes
/// without decoding it.
/// </summary>
internal sealed class IndexEntries : IDisposable
{
    /// <summary>Longer arrays are deduplicated with a hash set by <see cref="IndexKeyGenerator"/>.</summary>
    private const int MaxRawArrayLength = 32;

    private readonly PooledBuffer _keys = new();
    private readonly List<Entry> _entries = [];
    private Slot[] _slots = [];

    public int Count => _entries.Count;

    public IndexSpec GetIndex(int entry) => _entries[entry].Index;

    /// <summary>Returns the key in the store without the record.</summary>
    public ReadOnlySpan<byte> GetKey(int entry) => _keys.WrittenSpan.Slice(_entries[entry].Start, _entries[entry].Length);

    /// <summary>Returns the key in the store. Keys of unique indexes have no record.</summary>
    public ReadOnlySpan<byte> GetKey(int entry, long record)
    {
        var (index, start, length) = _entries[entry];
        if (index.Unique)
            return GetKey(entry);

        var key = _keys.Written(start, length + KeySpace.RecordIdLength);
        KeySpace.WriteRecord(key, record);
        return key;
    }

    /// <summary>Returns whether there is an entry with this key.</summary>
    public bool Contains(ReadOnlySpan<byte> key)
    {
        for (var i = 0; i < _entries.Count; i++)
        {
            if (key.SequenceEqual(GetKey(i)))
                return true;
        }

        return false;
    }

    /// <summary>
    /// Replaces the entries with those of a document in all indexes. Returns the state, which is a new one if the document has arrays on
    /// paths that are not marked as multikey yet.
    /// </summary>
    public CollectionState Generate(CollectionState state, ReadOnlySpan<byte> document)
    {
        Clear();
        FindFields(state.IndexedFields, document);
        BsonDocument? decoded = null;
        for (var i = 0; i < state.Indexes.Count; i++)
        {
            var index = state.Indexes[i];
            if (!TryAddRaw(index, state.FieldPositions[i], document, out var newlyMultikey))
                AddDecoded(index, decoded ??= BsonDecoder.Decode(document, state.IndexedFields), out newlyMultikey);

            if (newlyMultikey is not null)
                state = state.WithReplaced(index.WithMultikey(newlyMultikey));
        }

        return state;
    }

    /// <summary>Replaces the entries with those of a document in one index.</summary>
    public void Generate(IndexSpec index, BsonDocument document, out bool[]? newlyMultikey)
    {
        Clear();
        AddDecoded(index, document, out newlyMultikey);
    }

    public void Dispose() => _keys.Dispose();

    private void Clear()
    {
        _keys.Clear();
        _entries.Clear();
    }

    /// <summary>Finds the values of the indexed fields in one pass.</summary>
    private void FindFields(FieldSet fields, ReadOnlySpan<byte> document)
    {
        if (_slots.Length != fields.Count)
            _slots = new Slot[fields.Count];

        Array.Clear(_slots);
        var remaining = fields.Count;
        foreach (var element in RawBson.Elements(document))
        {
            var position = fields.IndexOf(element.Name);
            if (position < 0 || _slots[position].Exists)
                continue;

            document.Overlaps(element.Value, out var start);
            _slots[position] = new Slot(true, element.Type, start, element.Value.Length);
            if (--remaining == 0)
                break;
        }
    }

    /// <summary>
    /// Adds the entries of an index without decoding. Returns false if the index has a filter or dotted paths, or the document has several
    /// arrays or a long one.
    /// </summary>
    private bool TryAddRaw(IndexSpec index, int[]? positions, ReadOnlySpan<byte> document, out bool[]? newlyMultikey)
    {
        newlyMultikey = null;
        if (positions is null)
            return false;

        var array = -1;
        var allMissing = true;
        for (var field = 0; field < positions.Length; field++)
        {
            var slot = _slots[positions[field]];
            allMissing &= !slot.Exists;
            if (slot.Type != BsonType.Array)
                continue;
            if (array >= 0 || CountElements(slot.ValueIn(document)) > MaxRawArrayLength)
                return false;

            array = field;
        }

        if (allMissing && index.Sparse)
            return true;

        if (array < 0)
        {
            AddRaw(index, positions, document, -1, default);
            return true;
        }

        if (!index.Multikey[array])
        {
            newlyMultikey = new bool[positions.Length];
            newlyMultikey[array] = true;
        }

        var first = _entries.Count;
        foreach (var element in RawBson.Elements(_slots[positions[array]].ValueIn(document)))
        {
            AddRaw(index, positions, document, array, element);
            RemoveLastIfDuplicate(first);
        }

        if (_entries.Count == first)
            AddRaw(index, positions, document, array, new RawElement(BsonType.Undefined, default, default));

        return true;
    }

    /// <summary>Adds one entry, with an element in the place of the array.</summary>
    private void AddRaw(IndexSpec index, int[] positions, ReadOnlySpan<byte> document, int array, RawElement element)
    {
        var start = Begin(index);
        for (var field = 0; field < positions.Length; field++)
        {
            var slot = _slots[positions[field]];
            if (field == array)
                AppendField(index, field, element.Type, element.Value);
            else if (slot.Exists)
                AppendField(index, field, slot.Type, slot.ValueIn(document));
            else
                AppendField(index, field, BsonType.Null, default);
        }

        End(index, start);
    }

    private void AppendField(IndexSpec index, int field, BsonType type, ReadOnlySpan<byte> value)
    {
        if (index.Collation is { } collation && type is BsonType.String or BsonType.Symbol or BsonType.Document or BsonType.Array)
            KeyEncoder.Append(_keys, collation.GetSortKey(BsonDecoder.DecodeValue(type, value)), index.Descending[field]);
        else
            KeyEncoder.Append(_keys, type, value, index.Descending[field]);
    }

    private void AddDecoded(IndexSpec index, BsonDocument document, out bool[]? newlyMultikey)
    {
        foreach (var fields in IndexKeyGenerator.Generate(index, document, out newlyMultikey))
        {
            var start = Begin(index);
            _keys.Write(fields);
            End(index, start);
        }
    }

    private int Begin(IndexSpec index)
    {
        var start = _keys.Length;
        KeySpace.WritePrefix(_keys.Append(KeySpace.PrefixLength), 'i', index.Id);
        return start;
    }

    private void End(IndexSpec index, int start)
    {
        _entries.Add(new Entry(index, start, _keys.Length - start));
        if (!index.Unique)
            _keys.Append(KeySpace.RecordIdLength);
    }

    private void RemoveLastIfDuplicate(int first)
    {
        var last = GetKey(_entries.Count - 1);
        for (var i = first; i < _entries.Count - 1; i++)
        {
            if (!last.SequenceEqual(GetKey(i)))
                continue;

            _keys.Truncate(_entries[^1].Start);
            _entries.RemoveAt(_entries.Count - 1);
            return;
        }
    }

    private static int CountElements(ReadOnlySpan<byte> array)
    {
        var count = 0;
        foreach (var _ in RawBson.Elements(array))
            count++;

        return count;
    }

    private readonly record struct Entry(IndexSpec Index, int Start, int Length);

    /// <summary>The place of an indexed field's value in the document.</summary>
    private readonly record struct Slot(bool Exists, BsonType Type, int Start, int Length)
    {
        public ReadOnlySpan<byte> ValueIn(ReadOnlySpan<byte> document) => document.Slice(Start, Length);
    }
}
