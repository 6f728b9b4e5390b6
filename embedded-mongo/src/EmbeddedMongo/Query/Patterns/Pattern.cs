using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;
using EmbeddedMongo.Errors;

namespace EmbeddedMongo.Query.Patterns;

/// <summary>
/// A regular expression with MongoDB's semantics (PCRE, UTF-8, ASCII classes), run by .NET's engine. Patterns run without backtracking
/// where the engine supports it. Others time out after a second, so that a malicious pattern fails instead of hanging.
/// </summary>
internal sealed class Pattern
{
    private const int CacheLimit = 256;
    private const int MaxPatternLength = 32_764;
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromSeconds(1);
    private static readonly ConcurrentDictionary<(string, string), Pattern> Cache = new();

    private readonly string _source;
    private readonly RegexOptions _options;
    private readonly string? _literal;
    private Regex? _forAscii;
    private Regex? _forUnicode;

    private Pattern(string source, string options)
    {
        _source = source;
        _options = ParseOptions(options);
        (AnchoredPrefix, IsPrefixOnly, _literal) = PatternLiterals.Find(source, _options);
        if (_literal is null && !IsPrefixOnly)
            _forAscii = Build(forUnicode: false);
    }

    /// <summary>The prefix of every match if the pattern is anchored and case-sensitive; otherwise null.</summary>
    public string? AnchoredPrefix { get; }

    public bool IsPrefixOnly { get; }

    /// <summary>Compiles a pattern, or returns it from a small cache.</summary>
    /// <exception cref="MongoErrorException">51091 for an invalid pattern, 51108 for an invalid option.</exception>
    public static Pattern Compile(string pattern, string options)
    {
        if (Cache.TryGetValue((pattern, options), out var known))
            return known;

        if (pattern.Length > MaxPatternLength)
            throw Invalid("pattern string is longer than the limit set by the application");

        if (pattern.Contains('\0', StringComparison.Ordinal))
            throw MongoErrorException.BadValue("Regular expression cannot contain an embedded null byte");

        var compiled = new Pattern(pattern, options);
        if (Cache.Count >= CacheLimit)
            Cache.Clear();

        Cache[(pattern, options)] = compiled;
        return compiled;
    }

    /// <summary>Returns whether the pattern matches anywhere in the text.</summary>
    public bool IsMatch(string text)
    {
        if (IsPrefixOnly)
            return text.StartsWith(AnchoredPrefix!, StringComparison.Ordinal);

        if (_literal is not null)
            return text.Contains(_literal, StringComparison.Ordinal);

        try
        {
            return GetRegex(text).IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            throw MatchLimitExceeded();
        }
    }

    /// <summary>Returns the first match at or after a UTF-16 index, with its groups, or an unsuccessful match.</summary>
    public Match Match(string text, int start)
    {
        try
        {
            return GetRegex(text).Match(text, start);
        }
        catch (RegexMatchTimeoutException)
        {
            throw MatchLimitExceeded();
        }
    }

    internal static MongoErrorException Invalid(string reason) =>
        MongoErrorException.Location(51091, $"Regular expression is invalid: {reason}");

    // Nearly all texts are ASCII. There a character is one UTF-16 unit and .NET's \b and \w agree with PCRE's: a simpler translation works.
    private Regex GetRegex(string text) =>
        Ascii.IsValid(text) ? _forAscii ??= Build(forUnicode: false) : _forUnicode ??= Build(forUnicode: true);

    private Regex Build(bool forUnicode)
    {
        var translated = new PatternTranslator(_source, forUnicode, _options).Translate();
        try
        {
            return new Regex(translated, _options | RegexOptions.NonBacktracking, MatchTimeout);
        }
        catch (NotSupportedException)
        {
            // Look-arounds, back-references and atomic groups need the backtracking engine.
            return BuildBacktracking(translated);
        }
        catch (ArgumentException error)
        {
            throw Invalid(error.Message);
        }
    }

    private Regex BuildBacktracking(string translated)
    {
        try
        {
            return new Regex(translated, _options, MatchTimeout);
        }
        catch (ArgumentException error)
        {
            throw Invalid(error.Message);
        }
    }

    private static RegexOptions ParseOptions(string options)
    {
        var parsed = RegexOptions.CultureInvariant;
        foreach (var option in options)
        {
            parsed |= option switch
            {
                'i' => RegexOptions.IgnoreCase,
                'm' => RegexOptions.Multiline,
                's' => RegexOptions.Singleline,
                'x' => RegexOptions.IgnorePatternWhitespace,
                'u' => RegexOptions.None,
                _ => throw MongoErrorException.Location(51108, $"invalid flag in regex options: {option}"),
            };
        }

        return parsed;
    }

    private static MongoErrorException MatchLimitExceeded() =>
        MongoErrorException.Location(51156, "Error occurred while executing the regular expression: match limit exceeded");
}
