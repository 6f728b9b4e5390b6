using EmbeddedMongo.Errors;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions.Operators;

/// <summary>$replaceOne and $replaceAll, which replace literal text, not patterns.</summary>
internal static class ReplaceOperators
{
    public static void AddTo(OperatorTable table)
    {
        Add(table, "$replaceOne", ReplaceFirst);
        Add(table, "$replaceAll", ReplaceAll);
    }

    private static void Add(OperatorTable table, string name, Func<string, string, string, string> replace) =>
        table.Named(
            name,
            new NamedArguments(name, ["input", "find", "replacement"], 3, 51751, 51750, 51749, 51748, 51747),
            operands =>
            {
                // All three operands are validated before a null decides the result.
                var input = Text(operands[0], name, "input", 51746);
                var find = Text(operands[1], name, "find", 51745);
                var replacement = Text(operands[2], name, "replacement", 51744);
                return input is null || find is null || replacement is null ? BsonNull.Value : replace(input, find, replacement);
            }
        );

    private static string? Text(BsonValue? value, string name, string what, int code) =>
        value switch
        {
            BsonString text => text.Value,
            _ when value.IsNullish() => null,
            _ => throw MongoErrorException.Location(code, $"{name} requires that '{what}' be a string, found: {value}"),
        };

    private static string ReplaceFirst(string input, string find, string replacement)
    {
        var at = input.IndexOf(find, StringComparison.Ordinal);
        return at < 0 ? input : string.Concat(input.AsSpan(0, at), replacement, input.AsSpan(at + find.Length));
    }

    private static string ReplaceAll(string input, string find, string replacement)
    {
        var found = find.Length == 0 ? input.Length + 1L : input.AsSpan().Count(find);
        TextLimit.Require(input.Length + found * (replacement.Length - find.Length));
        if (find.Length > 0)
            return input.Replace(find, replacement, StringComparison.Ordinal);
        // The empty string matches before every code point and at the end.
        var result = new System.Text.StringBuilder(replacement);
        foreach (var rune in input.EnumerateRunes())
            result.Append(rune).Append(replacement);
        return result.ToString();
    }
}
