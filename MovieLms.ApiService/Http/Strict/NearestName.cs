namespace MovieLms.ApiService.Http.Strict;

/// <summary>Words the errors about unknown names, and suggests the known name that was probably meant.</summary>
internal static class NearestName
{
    /// <summary>The maximum number of unknown names that one response reports.</summary>
    internal const int MaxReported = 20;

    /// <summary>Longer names are shortened in errors and get no suggestion.</summary>
    private const int MaxLength = 64;

    /// <summary>The maximum number of known names that an error lists.</summary>
    private const int MaxListed = 12;

    /// <summary>Returns a name as an error shows it.</summary>
    internal static string Shorten(string name) =>
        name.Length switch
        {
            0 => "(empty)",
            <= MaxLength => name,
            _ => $"{name[..MaxLength]}…",
        };

    /// <summary>Returns the error for an unknown name.</summary>
    /// <param name="name">The unknown name.</param>
    /// <param name="what">What it should name: "parameter" or "member".</param>
    /// <param name="known">The known names.</param>
    internal static string Describe(string name, string what, IReadOnlyCollection<string> known)
    {
        var problem = $"\"{Shorten(name)}\" is not a {what} of this request.";
        if (Find(name, known) is { } nearest)
            return $"{problem} Did you mean \"{nearest}\"?";
        return known.Count switch
        {
            0 => $"{problem} It has none.",
            <= MaxListed => $"{problem} It can be {string.Join(", ", known)}.",
            _ => problem,
        };
    }

    /// <summary>Returns the nearest known name, or null if none is similar.</summary>
    private static string? Find(string name, IReadOnlyCollection<string> known)
    {
        if (name.Length is 0 or > MaxLength)
            return null;
        var (nearest, distance) = known
            .Select(candidate => (candidate, CountEdits(name.ToLowerInvariant(), candidate.ToLowerInvariant())))
            .DefaultIfEmpty((string.Empty, int.MaxValue))
            .MinBy(pair => pair.Item2);
        return distance <= Math.Max(1, name.Length / 3) ? nearest : null;
    }

    /// <summary>
    /// Returns the number of insertions, deletions, replacements and swaps of neighbors that turn one text into the other (optimal string
    /// alignment distance).
    /// </summary>
    private static int CountEdits(string from, string to)
    {
        var edits = new int[from.Length + 1, to.Length + 1];
        for (var i = 0; i <= from.Length; i++)
            edits[i, 0] = i;
        for (var j = 0; j <= to.Length; j++)
            edits[0, j] = j;
        for (var i = 1; i <= from.Length; i++)
        {
            for (var j = 1; j <= to.Length; j++)
            {
                var replaced = edits[i - 1, j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
                edits[i, j] = Math.Min(replaced, Math.Min(edits[i - 1, j], edits[i, j - 1]) + 1);
                if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                    edits[i, j] = Math.Min(edits[i, j], edits[i - 2, j - 2] + 1);
            }
        }
        return edits[from.Length, to.Length];
    }
}
