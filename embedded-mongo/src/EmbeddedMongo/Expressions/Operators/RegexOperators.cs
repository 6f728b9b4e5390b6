using System.Text.RegularExpressions;
using EmbeddedMongo.Aggregation;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Query.Patterns;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions.Operators;

/// <summary>$regexMatch, $regexFind and $regexFindAll: {input, regex, options}.</summary>
internal static class RegexOperators
{
    /// <summary>MongoDB's size limit for the matches in one string.</summary>
    private const long MaxResultBytes = 64L * 1024 * 1024;

    public static void AddTo(OperatorTable table)
    {
        Add(
            table,
            "$regexMatch",
            (text, pattern) => text is not null && pattern is not null && pattern.IsMatch(text) ? BsonBoolean.True : BsonBoolean.False
        );
        Add(
            table,
            "$regexFind",
            (text, pattern) =>
            {
                if (text is null || pattern is null)
                    return BsonNull.Value;
                var match = pattern.Match(text, 0);
                return match.Success ? Describe(text, match, 0, 0).Found : BsonNull.Value;
            }
        );
        Add(table, "$regexFindAll", FindAll);
    }

    private static void Add(OperatorTable table, string name, Func<string?, Pattern?, BsonValue> apply) =>
        table.Named(
            name,
            new NamedArguments(name, ["input", "regex", "options"], 2, 51103, 31024, 31022, 31023),
            operands =>
            {
                var text = operands[0] switch
                {
                    BsonString input => input.Value,
                    var other when other.IsNullish() => null,
                    var other => throw MongoErrorException.Location(
                        51104,
                        $"{name} needs 'input' to be of type string, found {TypeNames.Of(other)}"
                    ),
                };
                return apply(text, Compile(name, operands[1], operands[2]));
            }
        );

    private static Pattern? Compile(string name, BsonValue? regex, BsonValue? options)
    {
        var flags = options switch
        {
            BsonString text => text.Value,
            _ when options.IsNullish() => "",
            _ => throw MongoErrorException.Location(51106, $"{name} needs 'options' to be of type string"),
        };
        switch (regex)
        {
            case BsonRegularExpression literal when literal.Options.Length > 0 && flags.Length > 0:
                throw MongoErrorException.Location(51107, $"{name}: found regex option(s) specified in both 'regex' and 'option' fields");
            case BsonRegularExpression literal:
                return Pattern.Compile(literal.Pattern, literal.Options.Length > 0 ? literal.Options : flags);
            case BsonString text:
                return text.Value.Contains('\0', StringComparison.Ordinal)
                    ? throw MongoErrorException.Location(51109, $"{name}: regular expression cannot contain an embedded null byte")
                    : CompileChecked(name, text.Value, flags);
            case var other when other.IsNullish():
                return null;
            default:
                throw MongoErrorException.Location(51105, $"{name} needs 'regex' to be of type string or regex");
        }
    }

    private static Pattern CompileChecked(string name, string pattern, string flags)
    {
        try
        {
            return Pattern.Compile(pattern, flags);
        }
        catch (MongoErrorException error) when (error.Code == 51091)
        {
            throw MongoErrorException.Location(51111, $"Invalid Regex in {name}: {error.Message}");
        }
    }

    private static BsonArray FindAll(string? text, Pattern? pattern)
    {
        var all = new BsonArray();
        if (text is null || pattern is null)
            return all;
        var (utf16, codePoints) = (0, 0);
        var resultBytes = 0L;
        // An empty match at the end of a non-empty text is not reported.
        do
        {
            var match = pattern.Match(text, utf16);
            if (!match.Success)
                break;
            (var found, codePoints) = Describe(text, match, utf16, codePoints);
            resultBytes += MemoryBound.Estimate(found);
            if (resultBytes > MaxResultBytes)
                throw MongoErrorException.Location(51151, "$regexFindAll: the size of the result exceeded the 64MB limit");
            all.Add(found);
            var next = match.Index + match.Length;
            if (match.Length == 0)
                next += next + 1 < text.Length && char.IsSurrogatePair(text, next) ? 2 : 1;
            if (next <= text.Length)
                codePoints += StringOperators.CodePoints(text.AsSpan(match.Index, next - match.Index));
            utf16 = next;
        } while (utf16 < text.Length);
        return all;
    }

    /// <summary>Returns {match, idx, captures}. idx counts code points, continuing from an earlier position.</summary>
    private static (BsonDocument Found, int Index) Describe(string text, Match match, int fromUtf16, int fromCodePoints)
    {
        var index = fromCodePoints + StringOperators.CodePoints(text.AsSpan(fromUtf16, match.Index - fromUtf16));
        var captures = new BsonArray();
        for (var i = 1; i < match.Groups.Count; i++)
            captures.Add(match.Groups[i].Success ? match.Groups[i].Value : BsonNull.Value);
        return (
            new BsonDocument
            {
                { "match", match.Value },
                { "idx", index },
                { "captures", captures },
            },
            index
        );
    }
}
