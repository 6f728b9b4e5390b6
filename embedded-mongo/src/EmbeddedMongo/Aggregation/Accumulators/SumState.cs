using EmbeddedMongo.Expressions.Numerics;
using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation.Accumulators;

/// <summary>$sum: adds numbers only. The result has the widest type added; larger integer sums become int64, then double.</summary>
internal sealed class SumState : AccumulatorState
{
    private NumericTotal _total;

    public override void Add(BsonValue? value) => _total.Add(value);

    public override BsonValue Result() => _total.ToSum();
}

/// <summary>$avg: a double, or a decimal if a decimal was added; null without numbers.</summary>
internal sealed class AverageState : AccumulatorState
{
    private NumericTotal _total;

    public override void Add(BsonValue? value) => _total.Add(value);

    public override BsonValue Result() => _total.ToAverage();
}

/// <summary>
/// A running total. Integers are summed exactly, doubles with compensation for rounding errors (as in MongoDB),
/// so the order of the terms hardly matters.
/// </summary>
internal struct NumericTotal
{
    private long _count;
    private Int128 _whole;
    private double _sum;
    private double _error;
    private double _special;
    private Decimal128? _decimal;
    private bool _hasLong;
    private bool _hasDouble;

    public void Add(BsonValue? value)
    {
        switch (value)
        {
            case BsonInt32 number:
                _whole += number.Value;
                break;
            case BsonInt64 number:
                _whole += number.Value;
                _hasLong = true;
                break;
            case BsonDouble number:
                AddDouble(number.Value);
                _hasDouble = true;
                break;
            case BsonDecimal128 number:
                _decimal = _decimal is { } sum ? DecimalMath.Add(sum, number.Value) : number.Value;
                break;
            default:
                return;
        }
        _count++;
    }

    public readonly BsonValue ToSum()
    {
        if (_decimal is { } exact)
            return new BsonDecimal128(DecimalMath.Add(exact, SumNonDecimals()));
        if (_hasDouble)
            return new BsonDouble(ToDouble());
        if (_whole < long.MinValue || _whole > long.MaxValue)
            return new BsonDouble((double)_whole);
        return _hasLong ? new BsonInt64((long)_whole) : Numbers.Int((long)_whole);
    }

    public readonly BsonValue ToAverage()
    {
        if (_count == 0)
            return BsonNull.Value;
        return _decimal is { } exact
            ? new BsonDecimal128(DecimalMath.Divide(DecimalMath.Add(exact, SumNonDecimals()), DecimalMath.FromLong(_count)))
            : new BsonDouble(ToDouble() / _count);
    }

    private void AddDouble(double value)
    {
        _special += value;
        var sum = _sum + value;
        _error += Math.Abs(_sum) >= Math.Abs(value) ? _sum - sum + value : value - sum + _sum;
        _sum = sum;
    }

    private readonly double ToDouble()
    {
        if (!double.IsFinite(_special))
            return _special;
        var (sum, error) = (_sum, _error);
        // The high and low halves of the integer part are exact as doubles.
        foreach (
            var part in (ReadOnlySpan<double>)[(double)(_whole & ~(((Int128)1 << 52) - 1)), (double)(_whole & (((Int128)1 << 52) - 1))]
        )
        {
            var next = sum + part;
            error += Math.Abs(sum) >= Math.Abs(part) ? sum - next + part : part - next + sum;
            sum = next;
        }
        return sum + error;
    }

    private readonly Decimal128 SumNonDecimals()
    {
        var total = BigDecimal.OfSigned((System.Numerics.BigInteger)_whole, 0).ToDecimal128();
        return _hasDouble
            ? DecimalMath.Add(
                total,
                double.IsFinite(_special)
                    ? DecimalMath.Add(DecimalMath.FromDouble(_sum), _error == 0 ? DecimalMath.FromLong(0) : DecimalMath.FromDouble(_error))
                    : DecimalMath.FromDouble(_special)
            )
            : total;
    }
}
