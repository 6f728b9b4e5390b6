using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Query.Matching;

/// <summary>
/// <c>$in</c>: matches values that equal one of the listed values or match one of the regular expressions. A listed null also matches
/// missing fields.
/// </summary>
internal sealed class InExpression : PathExpression
{
    private const int HashThreshold = 8;
    private readonly HashSet<BsonValue?>? _set;
    private readonly bool _hasNull;

    public InExpression(BsonPath path, BsonValue[] values, RegexExpression[] regexes)
        : base(path)
    {
        Array.Sort(values, BsonOrder.Comparer);
        Values = values;
        Regexes = regexes;
        _hasNull = Array.Exists(values, static value => value is BsonNull);
        _set = values.Length >= HashThreshold ? new HashSet<BsonValue?>(values, BsonOrder.EqualityComparer) : null;
    }

    /// <summary>The listed values, without the regular expressions, in BSON order.</summary>
    public BsonValue[] Values { get; }

    public RegexExpression[] Regexes { get; }

    public override bool MatchesElement(BsonValue? value, MatchDetails? details)
    {
        if (BsonOrder.Rank(value) == 0)
            return _hasNull;

        if (_set is not null ? _set.Contains(value) : ContainsLinearly(value!))
            return true;

        foreach (var regex in Regexes)
        {
            if (regex.MatchesElement(value, null))
                return true;
        }

        return false;
    }

    private bool ContainsLinearly(BsonValue value)
    {
        foreach (var candidate in Values)
        {
            if (BsonOrder.Compare(candidate, value) == 0)
                return true;
        }

        return false;
    }
}
