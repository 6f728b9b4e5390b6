using EmbeddedMongo.Expressions;
using EmbeddedMongo.Expressions.Numerics;
using EmbeddedMongo.Expressions.Operators;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation.Accumulators;

/// <summary>$min (direction 1) and $max (-1): by BSON order and collation. Null and missing values are ignored.</summary>
internal sealed class ExtremeState(int direction, Collation? collation) : AccumulatorState
{
    private BsonValue? _best;

    public override void Add(BsonValue? value)
    {
        if (!value.IsNullish() && (_best is null || direction * Collation.Compare(collation, value, _best) < 0))
            _best = value;
    }

    public override BsonValue Result() => _best ?? BsonNull.Value;
}

/// <summary>$first and $last: in input order. A missing value becomes null.</summary>
internal sealed class EndState(bool last) : AccumulatorState
{
    private BsonValue? _value;
    private bool _seen;

    public override bool NeedsInput => last || !_seen;

    public override void Add(BsonValue? value)
    {
        if (!_seen || last)
        {
            _value = value;
            _seen = true;
        }
    }

    public override BsonValue Result() => _value ?? BsonNull.Value;
}

/// <summary>$push: missing values are omitted.</summary>
internal sealed class PushState : AccumulatorState
{
    private readonly BsonArray _values = [];

    public override bool Grows => true;

    public override void Add(BsonValue? value)
    {
        if (value is not null)
            _values.Add(value);
    }

    public override BsonValue Result() => new BsonArray(_values);
}

/// <summary>
/// $addToSet: compares by BSON order (1 equals 1.0) and collation. Keeps the order of first occurrence; the manual defines no order.
/// </summary>
internal sealed class AddToSetState(Collation? collation) : AccumulatorState
{
    private readonly HashSet<BsonValue?> _set = new(Collation.GetEqualityComparer(collation));
    private bool _grew;

    public override bool Grows => _grew;

    public override void Add(BsonValue? value) => _grew = value is not null && _set.Add(value);

    public override BsonValue Result() => new BsonArray(_set);
}

/// <summary>$stdDevPop and $stdDevSamp by Welford's algorithm; null if there are too few numbers.</summary>
internal sealed class DeviationState(bool sample) : AccumulatorState
{
    private long _count;
    private double _mean;
    private double _squares;

    public override void Add(BsonValue? value)
    {
        if (!Numbers.IsNumeric(value))
            return;
        var x = Numbers.ToDouble(value!);
        _count++;
        var delta = x - _mean;
        _mean += delta / _count;
        _squares += delta * (x - _mean);
    }

    public override BsonValue Result()
    {
        var divisor = sample ? _count - 1 : _count;
        return divisor > 0 ? new BsonDouble(Math.Sqrt(_squares / divisor)) : BsonNull.Value;
    }
}

/// <summary>$mergeObjects: fields of later documents overwrite those of earlier ones.</summary>
internal sealed class MergeObjectsState : AccumulatorState
{
    private readonly BsonDocument _merged = [];
    private bool _grew;

    public override bool Grows => _grew;

    public override void Add(BsonValue? value)
    {
        var fields = _merged.ElementCount;
        ObjectOperators.Merge(_merged, value);
        _grew = _merged.ElementCount > fields;
    }

    public override BsonValue Result() => new BsonDocument(_merged.Elements);
}
