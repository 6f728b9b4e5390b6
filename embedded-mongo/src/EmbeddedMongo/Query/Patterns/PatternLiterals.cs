using System.Text;
using System.Text.RegularExpressions;

namespace EmbeddedMongo.Query.Patterns;

/// <summary>
/// Finds the literal text of a pattern: an anchored prefix, which an index can seek, or the whole of a plain-text pattern.
/// </summary>
internal static class PatternLiterals
{
    private const string Meta = "\\^$.|?*+()[]{}";

    /// <summary>
    /// Returns the prefix of every match, whether that prefix is the whole condition, and the text to search for if the pattern is plain
    /// text.
    /// </summary>
    public static (string? Prefix, bool IsPrefixOnly, string? Contained) Find(string source, RegexOptions options)
    {
        if ((options & (RegexOptions.IgnoreCase | RegexOptions.IgnorePatternWhitespace)) != 0)
            return default;

        if (source.AsSpan().IndexOfAny(Meta) < 0)
            return (null, false, source);

        var anchor =
            source.StartsWith("\\A", StringComparison.Ordinal) ? 2
            : source[0] == '^' ? 1
            : 0;
        if (anchor == 0 || options.HasFlag(RegexOptions.Multiline) || source.Contains('|', StringComparison.Ordinal))
            return default;

        var prefix = new StringBuilder();
        var at = anchor;
        while (at < source.Length)
        {
            var c = source[at];
            var width = 1;
            if (c == '\\' && at + 1 < source.Length && !char.IsLetterOrDigit(source[at + 1]))
            {
                c = source[at + 1];
                width = 2;
            }
            else if (Meta.Contains(c, StringComparison.Ordinal))
            {
                break;
            }

            // A quantifier that allows zero repetitions makes the character before it optional, so it is not part of the prefix.
            if (at + width < source.Length && source[at + width] is '*' or '?' or '{')
                break;

            prefix.Append(c);
            at += width;
        }

        var rest = source.AsSpan(at);
        return prefix.Length == 0 || char.IsSurrogate(prefix[^1])
            ? default
            : (prefix.ToString(), rest.IsEmpty || rest is ".*" or ".*$" && options.HasFlag(RegexOptions.Singleline) || rest is ".*", null);
    }
}
