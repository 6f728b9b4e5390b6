using EmbeddedMongo.Errors;
using EmbeddedMongo.Expressions;
using EmbeddedMongo.Expressions.Dates;
using EmbeddedMongo.Expressions.Numerics;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation.Windows;

/// <summary>The part of a sorted partition that a window function sees: a range of positions, or of sort key values.</summary>
/// <param name="Lower">First position or value, relative to the current document; null if unbounded.</param>
/// <param name="Upper">Last position or value, relative to the current document; null if unbounded.</param>
/// <param name="IsRange">Whether the bounds are sort key values.</param>
/// <param name="Unit">Unit of a range over dates.</param>
internal sealed record Window(BsonValue? Lower, BsonValue? Upper, bool IsRange, TimeUnit? Unit)
{
    /// <summary>The whole partition, which is the default.</summary>
    public static readonly Window All = new(null, null, false, null);

    /// <summary>Parses {documents: [lower, upper]} or {range: [lower, upper], unit}.</summary>
    public static Window Parse(BsonValue spec)
    {
        if (spec is not BsonDocument document)
            throw MongoErrorException.FailedToParse("'window' field must be an object");
        BsonValue? documents = null,
            range = null;
        TimeUnit? unit = null;
        foreach (var option in document)
        {
            switch (option.Name)
            {
                case "documents":
                    documents = option.Value;
                    break;
                case "range":
                    range = option.Value;
                    break;
                case "unit":
                    unit = TimeUnits.Parse(option.Value, "window", MongoErrorCodes.FailedToParse, MongoErrorCodes.FailedToParse);
                    break;
                default:
                    throw MongoErrorException.FailedToParse(
                        $"'window' field can only contain 'documents' as the only argument or 'range' with an optional 'unit' field"
                    );
            }
        }
        if ((documents is null) == (range is null))
        {
            return documents is null && unit is null
                ? All
                : throw MongoErrorException.FailedToParse(
                    "'window' field can only contain 'documents' as the only argument or 'range' with an optional 'unit' field"
                );
        }
        if ((documents ?? range) is not BsonArray { Count: 2 } bounds)
            throw MongoErrorException.FailedToParse("Window bounds must be a 2-element array");
        var window = new Window(
            ParseBound(bounds[0], documents is not null),
            ParseBound(bounds[1], documents is not null),
            range is not null,
            unit
        );
        return window.Lower is not null && window.Upper is not null && BsonOrder.Compare(window.Lower, window.Upper) > 0
            ? throw MongoErrorException.Location(5339900, $"Lower bound must not exceed upper bound: [{bounds[0]}, {bounds[1]}]")
            : window;
    }

    private static BsonValue? ParseBound(BsonValue bound, bool whole) =>
        bound switch
        {
            BsonString { Value: "unbounded" } => null,
            BsonString { Value: "current" } => 0,
            _ when !whole && Numbers.IsNumeric(bound) => bound,
            _ when whole && BsonNumbers.TryToInt64(bound, out _) => bound,
            _ => throw MongoErrorException.FailedToParse($"Window bounds must be 'unbounded', 'current', or a number, not {bound}"),
        };

    /// <summary>Returns the half-open span of positions for each document of a partition.</summary>
    /// <param name="keys">Sort key of each document; needed for ranges only.</param>
    /// <param name="count">Number of documents in the partition.</param>
    public (int From, int To)[] GetSpans(BsonValue[]? keys, int count)
    {
        var spans = new (int From, int To)[count];
        for (var i = 0; i < count; i++)
            spans[i] = IsRange ? GetRangeSpan(keys!, i, i == 0 ? (0, 0) : spans[i - 1]) : GetPositionSpan(i, count);
        return spans;
    }

    private (int, int) GetPositionSpan(int at, int count)
    {
        var from = Lower is null ? 0 : Math.Clamp(at + Lower.ToInt64(), 0, count);
        var to = Upper is null ? count : Math.Clamp(at + Upper.ToInt64() + 1, 0, count);
        return ((int)from, (int)Math.Max(from, to));
    }

    /// <summary>Keys are in ascending order, so both ends only move forward.</summary>
    private (int, int) GetRangeSpan(BsonValue[] keys, int at, (int From, int To) previous)
    {
        var (from, to) = previous;
        if (Lower is null)
        {
            from = 0;
        }
        else
        {
            var lowest = Shift(keys[at], Lower);
            while (from < keys.Length && BsonOrder.Compare(keys[from], lowest) < 0)
                from++;
        }
        if (Upper is null)
        {
            to = keys.Length;
        }
        else
        {
            var highest = Shift(keys[at], Upper);
            while (to < keys.Length && BsonOrder.Compare(keys[to], highest) <= 0)
                to++;
        }
        return (from, Math.Max(from, to));
    }

    private BsonValue Shift(BsonValue key, BsonValue by)
    {
        if (Unit is { } unit)
        {
            return key is BsonDateTime date
                ? new BsonDateTime(DateArithmetic.Add(date.MillisecondsSinceEpoch, unit, by.ToInt64(), Zone.Utc))
                : throw MongoErrorException.Location(
                    5429513,
                    $"Invalid range: Expected the sortBy field to be a Date, but it was {TypeNames.Of(key)}"
                );
        }
        return Numbers.IsNumeric(key)
            ? Numbers.Add(key, by)
            : throw MongoErrorException.Location(
                5429414,
                $"Invalid range: Expected the sortBy field to be a number, but it was {TypeNames.Of(key)}"
            );
    }
}
