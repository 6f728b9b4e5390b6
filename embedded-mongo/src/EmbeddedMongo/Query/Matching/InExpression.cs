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

    public InExpression(BsonPath path, BsonValue[] values, RegexExpression[] regexes, Collation? collation = null)
        : base(path)
    {
        Array.Sort(values, BsonOrder.Comparer);
        Values = values;
        Collation = collation;
        Keys = collation is null ? values : Array.ConvertAll(values, value => collation.GetSortKey(value));
        Regexes = regexes;
        _hasNull = Array.Exists(values, static value => value is BsonNull);
        _set = values.Length >= HashThreshold ? new HashSet<BsonValue?>(Keys, BsonOrder.EqualityComparer) : null;
    }

    /// <summary>The listed values, without the regular expressions, in BSON order.</summary>
    public BsonValue[] Values { get; }

    public Collation? Collation { get; }

    /// <summary>The values as they are compared: their sort keys if there is a collation.</summary>
    public BsonValue[] Keys { get; }

    public RegexExpression[] Regexes { get; }

    public override bool CanUse(Collation? other) =>
        (Regexes.Length == 0 || other is null) && (Collation == other || !Array.Exists(Values, Collation.Affects));

    public override bool MatchesElement(BsonValue? value, MatchDetails? details)
    {
        if (BsonOrder.Rank(value) == 0)
            return _hasNull;

        var key = Collation is null ? value : Collation.GetSortKey(value);
        if (_set is not null ? _set.Contains(key) : ContainsLinearly(key!))
            return true;

        foreach (var regex in Regexes)
        {
            if (regex.MatchesElement(value, null))
                return true;
        }

        return false;
    }

    private bool ContainsLinearly(BsonValue key)
    {
        foreach (var candidate in Keys)
        {
            if (BsonOrder.Compare(candidate, key) == 0)
                return true;
        }

        return false;
    }
}
