using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Query.Matching;

/// <summary>
/// <c>$in</c>: equal to one of the values, or matched by one of the regular expressions. A null among the values takes missing fields too.
/// </summary>
internal sealed class InExpression : PathExpression
{
    private const int HashFrom = 8;
    private readonly HashSet<BsonValue?>? _set;
    private readonly bool _hasNull;

    public InExpression(BsonPath path, BsonValue[] values, RegexExpression[] regexes)
        : base(path)
    {
        Array.Sort(values, BsonOrder.Comparer);
        Values = values;
        Regexes = regexes;
        _hasNull = Array.Exists(values, static value => value is BsonNull);
        _set = values.Length >= HashFrom ? new HashSet<BsonValue?>(values, BsonOrder.EqualityComparer) : null;
    }

    /// <summary>The values without the regular expressions, in BSON order.</summary>
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
