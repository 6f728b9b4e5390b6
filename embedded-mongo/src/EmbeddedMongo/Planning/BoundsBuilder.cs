using EmbeddedMongo.Query.Matching;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Planning;

/// <summary>Builds the index bounds of a condition on one path.</summary>
internal static class BoundsBuilder
{
    /// <summary>Returns the bounds, or null if an index cannot serve the condition.</summary>
    public static FieldBounds? Build(PathExpression condition) =>
        condition switch
        {
            ComparisonExpression comparison => BuildComparison(comparison.Operator, comparison.Key),
            InExpression oneOf => BuildIn(oneOf),
            RegexExpression regex => BuildRegex(regex),
            ExistsExpression => null,
            ElemMatchValueExpression => null,
            _ => null,
        };

    private static FieldBounds? BuildComparison(ComparisonOperator comparison, BsonValue value)
    {
        switch (value.BsonType)
        {
            case BsonType.Null:
                return comparison is ComparisonOperator.Gt or ComparisonOperator.Lt ? null : BuildEquality(value);
            case BsonType.Array when comparison != ComparisonOperator.Eq:
            case BsonType.MinKey or BsonType.MaxKey when comparison != ComparisonOperator.Eq:
            case BsonType.Undefined:
                return null;
        }

        if (comparison == ComparisonOperator.Eq)
            return BuildEquality(value);

        if (BsonNumbers.IsNaN(value))
            return comparison is ComparisonOperator.Gte or ComparisonOperator.Lte ? BuildEquality(value) : null;

        var interval = comparison switch
        {
            ComparisonOperator.Gt => Interval.OfType(value.BsonType, (value, false), null),
            ComparisonOperator.Gte => Interval.OfType(value.BsonType, (value, true), null),
            ComparisonOperator.Lt => Interval.OfType(value.BsonType, null, (value, false)),
            _ => Interval.OfType(value.BsonType, null, (value, true)),
        };
        return FieldBounds.Of([interval], exact: value.BsonType != BsonType.Document, excludesMissing: true);
    }

    private static FieldBounds BuildEquality(BsonValue value) =>
        value switch
        {
            // Null also matches a missing field, with exceptions for arrays along the path, so the document is checked.
            BsonNull => FieldBounds.Of(
                [Interval.Point(BsonUndefined.Value), Interval.Point(BsonNull.Value)],
                exact: false,
                excludesMissing: false
            ),

            // The array may be the field's value, which its first element finds, or an element of the field's array.
            BsonArray array => FieldBounds.Of(
                [Interval.Point(array.Count == 0 ? BsonUndefined.Value : array[0]), Interval.Point(array)],
                exact: false,
                excludesMissing: true
            ),
            _ => FieldBounds.Of([Interval.Point(value)], exact: true, excludesMissing: true),
        };

    private static FieldBounds? BuildIn(InExpression oneOf)
    {
        var intervals = new List<Interval>();
        bool exact = true,
            excludesMissing = true;
        foreach (var value in oneOf.Keys)
        {
            if (value is BsonUndefined)
                return null;

            Merge(BuildEquality(value));
        }

        foreach (var regex in oneOf.Regexes)
        {
            if (BuildRegex(regex) is not { } bounds)
                return null;

            Merge(bounds);
        }

        return FieldBounds.Of(intervals, exact, excludesMissing);

        void Merge(FieldBounds bounds)
        {
            intervals.AddRange(bounds.Intervals);
            exact &= bounds.Exact;
            excludesMissing &= bounds.ExcludesMissing;
        }
    }

    // Without a literal prefix the scan would visit every string. Reading the collection is faster.
    private static FieldBounds? BuildRegex(RegexExpression regex)
    {
        if (regex.AnchoredPrefix is not { Length: > 0 } prefix)
            return null;

        var range = GetSuccessor(prefix) is { } end
            ? Interval.OfType(BsonType.String, (prefix, true), (end, false))
            : Interval.OfType(BsonType.String, (prefix, true), null);
        var literal = Interval.Point(new BsonRegularExpression(regex.Pattern, regex.Options));
        return FieldBounds.Of([range, literal], regex.IsPrefixOnly, excludesMissing: true);
    }

    /// <summary>Returns the smallest string greater than all strings with the prefix, or null if there is none.</summary>
    private static BsonString? GetSuccessor(string prefix)
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
