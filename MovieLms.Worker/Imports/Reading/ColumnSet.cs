using System.Collections.Frozen;

namespace MovieLms.Worker.Imports.Reading;

/// <summary>
/// The columns that an import knows. Headers are compared by letters and digits only: "US Gross", "usGross" and "us_gross" are equal.
/// </summary>
internal sealed class ColumnSet
{
    private readonly FrozenDictionary<string, int> _positions;
    private readonly FrozenDictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    /// <param name="required">The name of the column that every file must have.</param>
    /// <param name="columns">For each column, its API name followed by its aliases.</param>
    internal ColumnSet(string required, params string[][] columns)
    {
        Names = [.. columns.Select(names => names[0])];
        Required = Array.IndexOf(Names, required);
        _positions = columns
            .SelectMany((names, position) => names.Select(name => (Name: Normalize(name), Position: position)))
            .DistinctBy(entry => entry.Name)
            .ToFrozenDictionary(entry => entry.Name, entry => entry.Position, StringComparer.Ordinal);
        _lookup = _positions.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The columns' API names, by position.</summary>
    internal string[] Names { get; }

    /// <summary>The position of the required column.</summary>
    internal int Required { get; }

    /// <summary>Returns the position of the column with this name or alias; -1 if there is none.</summary>
    internal int Find(ReadOnlySpan<char> header)
    {
        Span<char> normalized = stackalloc char[64];
        var length = 0;
        foreach (var letter in header)
        {
            if (!char.IsLetterOrDigit(letter))
                continue;
            if (length == normalized.Length)
                return -1;
            normalized[length++] = char.ToLowerInvariant(letter);
        }
        return _lookup.TryGetValue(normalized[..length], out var position) ? position : -1;
    }

    private static string Normalize(string name) => new([.. name.Where(char.IsLetterOrDigit).Select(char.ToLowerInvariant)]);
}
