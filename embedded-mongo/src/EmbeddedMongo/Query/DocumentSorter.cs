using MongoDB.Bson;

namespace EmbeddedMongo.Query;

/// <summary>
/// Sorts items by the keys of their documents. Each key is extracted once, and items with equal keys keep their insertion order.
/// With a limit, holds at most twice the limit (or 64 items) at a time.
/// </summary>
internal sealed class DocumentSorter<T>(SortSpec sort, long limit = long.MaxValue)
{
    private readonly List<(BsonValue[] Key, long Sequence, T Item)> _items = [];
    private long _sequence;
    private BsonValue[]? _bound;

    /// <summary>The number of items currently held, for memory limits.</summary>
    public int Count => _items.Count;

    /// <summary>Adds an item. Returns false if the item is certain to fall beyond the limit.</summary>
    public bool Add(BsonDocument document, T item)
    {
        var key = sort.ExtractKey(document);
        if (_bound is not null && sort.CompareKeys(key, _bound) >= 0)
            return false;

        _items.Add((key, _sequence++, item));
        if (_items.Count >= 64 && _items.Count / 2 >= limit)
        {
            SortItems();
            _items.RemoveRange((int)limit, _items.Count - (int)limit);
            _bound = limit == 0 ? null : _items[^1].Key;
        }

        return true;
    }

    /// <summary>Returns the items in order, up to the limit.</summary>
    public IEnumerable<T> GetSorted()
    {
        SortItems();
        var count = (int)Math.Min(limit, _items.Count);
        for (var i = 0; i < count; i++)
            yield return _items[i].Item;
    }

    /// <summary>Removes all items.</summary>
    public void Clear()
    {
        _items.Clear();
        _bound = null;
    }

    private void SortItems() =>
        _items.Sort(
            (a, b) =>
            {
                var order = sort.CompareKeys(a.Key, b.Key);
                return order != 0 ? order : a.Sequence.CompareTo(b.Sequence);
            }
        );
}
