using EmbeddedMongo.Query.Patterns;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Query.Matching;

/// <summary><c>$regex</c>: strings in which the pattern is found, and regular expressions that are the same.</summary>
internal sealed class RegexExpression(BsonPath path, string pattern, string options) : PathExpression(path)
{
    private readonly Pattern _pattern = Patterns.Pattern.Compile(pattern, options);

    public string Pattern { get; } = pattern;

    public string Options { get; } = options;

    /// <summary>
    /// What every match begins with (<c>^abc…</c> without <c>i</c> or <c>m</c>), for an index range; null when nothing is known.
    /// </summary>
    public string? AnchoredPrefix => _pattern.AnchoredPrefix;

    /// <summary>True when <see cref="AnchoredPrefix"/> is the entire condition, so that an index range needs no further test.</summary>
    public bool IsPrefixOnly => _pattern.IsPrefixOnly;

    public override bool MatchesElement(BsonValue? value, MatchDetails? details) =>
        value switch
        {
            BsonString text => _pattern.IsMatch(text.Value),
            BsonSymbol symbol => _pattern.IsMatch(symbol.Name),
            BsonRegularExpression regex => regex.Pattern == Pattern && regex.Options == Options,
            _ => false,
        };
}
