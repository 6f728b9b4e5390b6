using System.Text.RegularExpressions;

namespace MovieLms.EndToEnd.Hostile;

/// <summary>Mutations of the path: other IDs, dot segments, and paths that may reach another endpoint.</summary>
internal static partial class PathMutations
{
    private static readonly string[] Suffixes =
    [
        "/",
        "//",
        "/..",
        "/../..",
        "/%2e%2e/%2e%2e/users",
        "/..%2f..%2fusers",
        "/..%5c..%5cusers",
        "\\..\\..\\users",
        ";a=b",
        ".json",
        "%00",
        "/%00",
        "%20",
        "%ff",
        "%c0%af",
        "/.",
        "~",
        "/*",
        "#x",
        "/" + new string('a', 4_000),
        string.Concat(Enumerable.Repeat("/a", 1_000)),
        string.Concat(Enumerable.Repeat("/..", 500)),
    ];

    internal static IEnumerable<Mutation> Of(WalkOperation operation)
    {
        foreach (Match placeholder in Placeholder().Matches(operation.Row.Path))
        {
            foreach (var value in HostileTexts.Encoded)
            {
                yield return new Mutation(
                    "path",
                    $"{placeholder.Value} is {Abbreviate(value)}",
                    draft => Replace(draft, placeholder.Value, value)
                );
            }
        }

        foreach (var suffix in Suffixes)
        {
            yield return Elsewhere(
                $"path and {Abbreviate(suffix)}",
                draft => (draft.Path, draft.MayBeClosed) = (draft.Path + suffix, suffix.Contains("%00", StringComparison.Ordinal))
            );
        }

        yield return Elsewhere("path in capitals", draft => draft.Path = Placeholder().Replace(draft.Path.ToUpperInvariant(), _ => "x"));
        yield return Elsewhere("path with empty segments", draft => draft.Path = draft.Path.Replace("/", "//", StringComparison.Ordinal));
        yield return Elsewhere("path with dots", draft => draft.Path = "/x/.." + draft.Path);
        yield return Elsewhere("path with encoded letters", draft => draft.Path = draft.Path.Replace("a", "%61", StringComparison.Ordinal));
        yield return Elsewhere("absolute target", draft => draft.Path = "http://evil.example" + draft.Path);
        yield return Elsewhere(
            "encoded slashes",
            draft => draft.Path = "/" + draft.Path[1..].Replace("/", "%2f", StringComparison.Ordinal)
        );
        yield return Elsewhere(
            "no leading slash",
            draft => (draft.Path, draft.MayBeClosed) = (draft.Path.Length > 1 ? draft.Path[1..] : "x", true)
        );
    }

    /// <summary>Replaces a placeholder. A dot segment, a slash or an empty value may lead to another endpoint.</summary>
    private static void Replace(Draft draft, string placeholder, string value)
    {
        draft.Path = draft.Path.Replace(placeholder, value, StringComparison.Ordinal);
        draft.IsElsewhere |=
            value.Length == 0
            || value.Contains("2e", StringComparison.Ordinal)
            || value.Contains('/')
            || value.Contains("%2f", StringComparison.OrdinalIgnoreCase);
        if (draft.IsElsewhere)
            draft.UseOwnResources();
        draft.MayBeClosed |= value.Contains('%');
    }

    private static Mutation Elsewhere(string name, Action<Draft> change) =>
        new(
            "path",
            name,
            draft =>
            {
                change(draft);
                draft.UseOwnResources();
                draft.IsElsewhere = true;
            }
        );

    internal static string Abbreviate(string text) => text.Length <= 60 ? text : $"{text[..40]}… ({text.Length})";

    [GeneratedRegex(@"\{[a-zA-Z]+!?\}")]
    private static partial Regex Placeholder();
}
