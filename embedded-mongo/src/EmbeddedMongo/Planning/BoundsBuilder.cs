using EmbeddedMongo.Query.Matching;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Planning;

/// <summary>The index bounds of one condition on one path; null where an index cannot help.</summary>
internal static class BoundsBuilder
{
    public static FieldBounds? Build(PathExpression condition) =>
        condition switch
        {
            ComparisonExpression comparison => Comparison(comparison.Operator, comparison.Value),
            InExpression oneOf => In(oneOf),
            RegexExpression regex => Regex(regex),
            ExistsExpression => null,
            ElemMatchValueExpression => null,
            _ => null,
        };

    private static FieldBounds? Comparison(ComparisonOperator comparison, BsonValue value)
    {
        switch (value.BsonType)
        {
            case BsonType.Null:
                return comparison is ComparisonOperator.Gt or ComparisonOperator.Lt ? null : Equality(value);
            case BsonType.Array when comparison != ComparisonOperator.Eq:
            case BsonType.MinKey or BsonType.MaxKey when comparison != ComparisonOperator.Eq:
            case BsonType.Undefined:
                return null;
        }

        if (comparison == ComparisonOperator.Eq)
            return Equality(value);

        if (BsonNumbers.IsNaN(value))
            return comparison is ComparisonOperator.Gte or ComparisonOperator.Lte ? Equality(value) : null;

        var interval = comparison switch
        {
            ComparisonOperator.Gt => Interval.OfType(value.BsonType, (value, false), null),
            ComparisonOperator.Gte => Interval.OfType(value.BsonType, (value, true), null),
            ComparisonOperator.Lt => Interval.OfType(value.BsonType, null, (value, false)),
            _ => Interval.OfType(value.BsonType, null, (value, true)),
        };
        return FieldBounds.Of([interval], exact: value.BsonType != BsonType.Document, excludesMissing: true);
    }

    private static FieldBounds Equality(BsonValue value) =>
        value switch
        {
            // Null also stands for a missing field, and arrays on the way make exceptions: the document is asked.
            BsonNull => FieldBounds.Of(
                [Interval.Point(BsonUndefined.Value), Interval.Point(BsonNull.Value)],
                exact: false,
                excludesMissing: false
            ),

            // The array may be the field's value, found by its first element, or an element of the field's array.
            BsonArray array => FieldBounds.Of(
                [Interval.Point(array.Count == 0 ? BsonUndefined.Value : array[0]), Interval.Point(array)],
                exact: false,
                excludesMissing: true
            ),
            _ => FieldBounds.Of([Interval.Point(value)], exact: true, excludesMissing: true),
        };

    private static FieldBounds? In(InExpression oneOf)
    {
        var intervals = new List<Interval>();
        bool exact = true,
            excludesMissing = true;
        foreach (var value in oneOf.Values)
        {
            if (value is BsonUndefined)
                return null;

            Take(Equality(value));
        }

        foreach (var regex in oneOf.Regexes)
        {
            if (Regex(regex) is not { } bounds)
                return null;

            Take(bounds);
        }

        return FieldBounds.Of(intervals, exact, excludesMissing);

        void Take(FieldBounds bounds)
        {
            intervals.AddRange(bounds.Intervals);
            exact &= bounds.Exact;
            excludesMissing &= bounds.ExcludesMissing;
        }
    }

    // Without a literal beginning every string would have to be visited, which reading the collection does faster.
    private static FieldBounds? Regex(RegexExpression regex)
    {
        if (regex.AnchoredPrefix is not { Length: > 0 } prefix)
            return null;

        var range = Successor(prefix) is { } end
            ? Interval.OfType(BsonType.String, (prefix, true), (end, false))
            : Interval.OfType(BsonType.String, (prefix, true), null);
        var literal = Interval.Point(new BsonRegularExpression(regex.Pattern, regex.Options));
        return FieldBounds.Of([range, literal], regex.IsPrefixOnly, excludesMissing: true);
    }

    /// <summary>The least string after all that begin with the prefix; null when there is none.</summary>
    private static BsonString? Successor(string prefix)
    {
        var runes = prefix.EnumerateRunes().ToList();
        while (runes.Count > 0)
        {
            var next = runes[^1].Value + 1;
            runes.RemoveAt(runes.Count - 1);
            if (next == 0xD800)
                next = 0xE000;

            if (next <= 0x10FFFF)
                return string.Concat(runes.Select(rune => rune.ToString())) + char.ConvertFromUtf32(next);
        }

        return null;
    }
}
