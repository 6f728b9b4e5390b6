using EmbeddedMongo.Expressions;
using EmbeddedMongo.Query;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation.Accumulators;

/// <summary>$firstN: missing values count as null.</summary>
internal sealed class FirstNState(long n) : AccumulatorState
{
    private readonly BsonArray _values = [];

    public override bool NeedsInput => _values.Count < n;

    public override bool Grows => true;

    public override void Add(BsonValue? value) => _values.Add(value ?? BsonNull.Value);

    public override BsonValue Result() => new BsonArray(_values);
}

/// <summary>$lastN: missing values count as null.</summary>
internal sealed class LastNState(long n) : AccumulatorState
{
    private readonly Queue<BsonValue> _values = new();

    public override bool Grows => _values.Count < n;

    public override void Add(BsonValue? value)
    {
        if (_values.Count == n)
            _values.Dequeue();
        _values.Enqueue(value ?? BsonNull.Value);
    }

    public override BsonValue Result() => new BsonArray(_values);
}

/// <summary>$minN (direction 1) and $maxN (-1): sorted. Null and missing values are ignored.</summary>
internal sealed class ExtremeNState(long n, int direction, Collation? collation) : AccumulatorState
{
    private readonly SmallestItems<BsonValue> _best = new(n, (a, b) => direction * Collation.Compare(collation, a, b));

    public override bool Grows => _best.Count < n;

    public override void Add(BsonValue? value)
    {
        if (!value.IsNullish())
            _best.Add(value);
    }

    public override BsonValue Result() => new BsonArray(_best.GetSorted());
}

/// <summary>$top, $topN (direction 1), $bottom, $bottomN (-1): the output values of the documents that rank first (last).</summary>
internal sealed class RankedState(SortSpec sort, int direction, long n, bool single) : AccumulatorState
{
    private readonly SmallestItems<(BsonValue[] Key, BsonValue Value)> _best = new(n, (a, b) => direction * sort.CompareKeys(a.Key, b.Key));

    public override bool Grows => _best.Count < n;

    public override void Add(BsonValue? value) =>
        throw new InvalidOperationException("A ranking accumulator needs the document's sort key.");

    public override void Add(BsonValue[] key, BsonValue? value) => _best.Add((key, value ?? BsonNull.Value));

    public override BsonValue Result()
    {
        var values = new BsonArray();
        foreach (var (_, value) in _best.GetSorted())
            values.Add(value);
        if (single)
            return values.Count > 0 ? values[0] : BsonNull.Value;
        // The last N are returned in sort order.
        return direction > 0 ? values : new BsonArray(values.Reverse());
    }
}

/// <summary>The smallest N items by a comparison, in stable order. Holds up to about twice as many.</summary>
internal sealed class SmallestItems<T>(long n, Comparison<T> compare)
{
    private readonly List<(T Item, long Sequence)> _items = [];
    private long _sequence;

    public int Count => _items.Count;

    public void Add(T item)
    {
        _items.Add((item, _sequence++));
        if (_items.Count / 2 >= n && _items.Count >= 16)
            Trim();
    }

    public IEnumerable<T> GetSorted()
    {
        Trim();
        return _items.Select(i => i.Item);
    }

    private void Trim()
    {
        _items.Sort((a, b) => compare(a.Item, b.Item) is var order && order != 0 ? order : a.Sequence.CompareTo(b.Sequence));
        if (_items.Count > n)
            _items.RemoveRange((int)n, _items.Count - (int)n);
    }
}
