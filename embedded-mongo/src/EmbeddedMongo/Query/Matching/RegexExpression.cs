using EmbeddedMongo.Query.Patterns;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Query.Matching;

/// <summary><c>$regex</c>: matches strings that contain a match of the pattern, and identical regular expressions.</summary>
internal sealed class RegexExpression(BsonPath path, string pattern, string options) : PathExpression(path)
{
    private readonly Pattern _pattern = Patterns.Pattern.Compile(pattern, options);

    public string Pattern { get; } = pattern;

    public string Options { get; } = options;

    /// <summary>
    /// The prefix of every match (<c>^abc…</c> without <c>i</c> or <c>m</c>), for an index range; null if there is no known prefix.
    /// </summary>
    public string? AnchoredPrefix => _pattern.AnchoredPrefix;

    /// <summary>Whether <see cref="AnchoredPrefix"/> is the entire condition, so that an index range needs no further test.</summary>
    public bool IsPrefixOnly => _pattern.IsPrefixOnly;

    /// <summary>Regular expressions ignore collations, but the keys of an index with a collation are not the strings.</summary>
    public override bool CanUse(Collation? other) => other is null;

    public override bool MatchesElement(BsonValue? value, MatchDetails? details) =>
        value switch
        {
            BsonString text => _pattern.IsMatch(text.Value),
            BsonSymbol symbol => _pattern.IsMatch(symbol.Name),
            BsonRegularExpression regex => regex.Pattern == Pattern && regex.Options == Options,
            _ => false,
        };
}
