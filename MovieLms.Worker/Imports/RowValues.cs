using System.Globalization;
using MovieLms.Data.Imports;
using MovieLms.Worker.Imports.Reading;

namespace MovieLms.Worker.Imports;

/// <summary>Reads a row's values as typed values and collects the problems.</summary>
internal sealed class RowValues(ColumnSet columns)
{
    private const int MaxValueLength = 200;
    private readonly List<ImportProblem> _problems = [];
    private string?[] _values = [];

    /// <summary>The current row's problems.</summary>
    internal IReadOnlyList<ImportProblem> Problems => _problems.Count == 0 ? [] : [.. _problems];

    internal void SetRow(in SourceRow row)
    {
        _problems.Clear();
        _values = row.Values;
        if (row.Malformed is { } malformed)
            _problems.Add(malformed with { Value = Truncate(malformed.Value) });
    }

    /// <summary>Reads trimmed text; null if it is empty.</summary>
    internal string? ReadText(int column, int maxLength)
    {
        var text = _values[column]?.Trim();
        if (string.IsNullOrEmpty(text))
            return null;
        if (text.Length <= maxLength)
            return text;
        AddProblem(column, $"Must be at most {maxLength} characters.");
        return null;
    }

    internal string ReadRequiredText(int column, int maxLength)
    {
        if (string.IsNullOrWhiteSpace(_values[column]))
            AddProblem(column, "A value is required.");
        return ReadText(column, maxLength) ?? string.Empty;
    }

    /// <summary>Reads a whole number. Accepts a sign, and decimals without a fraction, because some programs write 100.0.</summary>
    internal long? ReadWholeNumber(int column, long min, long max)
    {
        if (ReadText(column, MaxValueLength) is not { } text)
            return null;
        if (
            decimal.TryParse(
                text,
                NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
                CultureInfo.InvariantCulture,
                out var value
            )
            && value == decimal.Truncate(value)
            && value >= min
            && value <= max
        )
        {
            return (long)value;
        }

        AddProblem(column, string.Create(CultureInfo.InvariantCulture, $"Must be a whole number from {min} to {max}."));
        return null;
    }

    internal double? ReadNumber(int column, double min, double max)
    {
        if (ReadText(column, MaxValueLength) is not { } text)
            return null;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max)
            return value;
        AddProblem(
            column,
            string.Create(CultureInfo.InvariantCulture, $"Must be a number from {min} to {max}, with a point as the decimal separator.")
        );
        return null;
    }

    internal void AddProblem(int column, string message) =>
        _problems.Add(new ImportProblem(columns.Names[column], Truncate(_values[column]), message));

    private static string Truncate(string? value)
    {
        if (value is null || value.Length <= MaxValueLength)
            return value ?? string.Empty;
        // Do not split a surrogate pair.
        return value[..(char.IsHighSurrogate(value[MaxValueLength - 1]) ? MaxValueLength - 1 : MaxValueLength)] + "…";
    }
}
