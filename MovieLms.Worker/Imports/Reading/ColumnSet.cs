using System.Collections.Frozen;

namespace MovieLms.Worker.Imports.Reading;

/// <summary>
/// The columns that an import knows. A header is matched by its letters and digits alone: "US Gross" is "usGross" is "us_gross".
/// </summary>
internal sealed class ColumnSet
{
    private readonly FrozenDictionary<string, int> _positions;
    private readonly FrozenDictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    /// <param name="required">The column that every row must have; named in the message when a header lacks it.</param>
    /// <param name="columns">The product's name of each column, followed by the other names it goes by.</param>
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

    /// <summary>The product's names, by position.</summary>
    internal string[] Names { get; }

    /// <summary>The position of the column that every row must have.</summary>
    internal int Required { get; }

    /// <summary>The position of a column by any of its names; -1 when it is not known.</summary>
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
