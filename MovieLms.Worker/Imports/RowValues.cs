using System.Globalization;
using MovieLms.Data.Imports;
using MovieLms.Worker.Imports.Reading;

namespace MovieLms.Worker.Imports;

/// <summary>Reads a row's values as what they must be, and gathers what is wrong with them.</summary>
internal sealed class RowValues(ColumnSet columns)
{
    private const int MaxValueLength = 200;
    private readonly List<ImportProblem> _problems = [];
    private string?[] _values = [];

    /// <summary>Of the present row.</summary>
    internal IReadOnlyList<ImportProblem> Problems => _problems.Count == 0 ? [] : [.. _problems];

    internal void Begin(in SourceRow row)
    {
        _problems.Clear();
        _values = row.Values;
        if (row.Malformed is { } malformed)
            _problems.Add(malformed with { Value = Cut(malformed.Value) });
    }

    /// <summary>Trimmed text; null for nothing.</summary>
    internal string? Text(int column, int longest)
    {
        var text = _values[column]?.Trim();
        if (string.IsNullOrEmpty(text))
            return null;
        if (text.Length <= longest)
            return text;
        Report(column, $"At most {longest} characters.");
        return null;
    }

    internal string RequiredText(int column, int longest)
    {
        if (string.IsNullOrWhiteSpace(_values[column]))
            Report(column, $"A {columns.Names[column]} is required.");
        return Text(column, longest) ?? string.Empty;
    }

    /// <summary>A whole number; digits with a sign, or a decimal whose fraction is nothing (some programs write 100.0).</summary>
    internal long? Whole(int column, long least, long most)
    {
        if (Text(column, MaxValueLength) is not { } text)
            return null;
        if (
            decimal.TryParse(
                text,
                NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
                CultureInfo.InvariantCulture,
                out var value
            )
            && value == decimal.Truncate(value)
            && value >= least
            && value <= most
        )
        {
            return (long)value;
        }

        Report(column, string.Create(CultureInfo.InvariantCulture, $"A whole number from {least} to {most}."));
        return null;
    }

    internal double? Number(int column, double least, double most)
    {
        if (Text(column, MaxValueLength) is not { } text)
            return null;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most)
            return value;
        Report(column, string.Create(CultureInfo.InvariantCulture, $"A number from {least} to {most}, with a point before decimals."));
        return null;
    }

    internal void Report(int column, string message) =>
        _problems.Add(new ImportProblem(columns.Names[column], Cut(_values[column]), message));

    private static string Cut(string? value)
    {
        if (value is null || value.Length <= MaxValueLength)
            return value ?? string.Empty;
        // Not between the halves of a surrogate pair.
        return value[..(char.IsHighSurrogate(value[MaxValueLength - 1]) ? MaxValueLength - 1 : MaxValueLength)] + "…";
    }
}
