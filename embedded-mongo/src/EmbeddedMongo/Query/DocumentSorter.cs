using MongoDB.Bson;

namespace EmbeddedMongo.Query;

/// <summary>
/// Sorts items by the keys of their documents, each extracted once; equal keys keep their order of arrival. With a limit it holds at most
/// twice that many items at a time.
/// </summary>
internal sealed class DocumentSorter<T>(SortSpec sort, long limit = long.MaxValue)
{
    private readonly List<(BsonValue[] Key, long Sequence, T Item)> _items = [];
    private long _sequence;
    private BsonValue[]? _bound;

    /// <summary>Items held now, for a bound on memory.</summary>
    public int Count => _items.Count;

    /// <summary>Adds an item; returns false when it certainly is beyond the limit.</summary>
    public bool Add(BsonDocument document, T item)
    {
        var key = sort.ExtractKey(document);
        if (_bound is not null && sort.CompareKeys(key, _bound) >= 0)
            return false;

        _items.Add((key, _sequence++, item));
        if (_items.Count >= 64 && _items.Count / 2 >= limit)
        {
            Order();
            _items.RemoveRange((int)limit, _items.Count - (int)limit);
            _bound = limit == 0 ? null : _items[^1].Key;
        }

        return true;
    }

    /// <summary>The items in order, at most the limit.</summary>
    public IEnumerable<T> Sorted()
    {
        Order();
        var count = (int)Math.Min(limit, _items.Count);
        for (var i = 0; i < count; i++)
            yield return _items[i].Item;
    }

    private void Order() =>
        _items.Sort(
            (a, b) =>
            {
                var order = sort.CompareKeys(a.Key, b.Key);
                return order != 0 ? order : a.Sequence.CompareTo(b.Sequence);
            }
        );
}
