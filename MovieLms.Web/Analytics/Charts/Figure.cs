using System.Globalization;

namespace MovieLms.Web.Analytics.Charts;

/// <summary>How a figure is drawn.</summary>
public enum FigureKind
{
    /// <summary>Horizontal bars, for names.</summary>
    Bars,

    /// <summary>Columns, for ranges in order.</summary>
    Columns,

    /// <summary>A line over years.</summary>
    Line,

    /// <summary>One number.</summary>
    Number,
}

/// <summary>A labeled value of a figure.</summary>
/// <param name="Label">The name, range or year.</param>
/// <param name="Value">Zero or more.</param>
/// <param name="Text">The value as shown.</param>
public sealed record ChartValue(string Label, double Value, string Text)
{
    /// <summary>Creates a value that is a count.</summary>
    public static ChartValue Count(string label, double count) => new(label, count, count.ToString("N0", CultureInfo.InvariantCulture));
}

/// <summary>A chart without its drawing.</summary>
/// <param name="Kind">How it is drawn.</param>
/// <param name="Title">The caption.</param>
/// <param name="Values">The values in order.</param>
public sealed record Figure(FigureKind Kind, string Title, IReadOnlyList<ChartValue> Values)
{
    /// <summary>The end of the scale. Null if the largest value sets it.</summary>
    public double? Max { get; init; }

    /// <summary>A summary for screen readers. The table beside the chart has all values.</summary>
    public string Description
    {
        get
        {
            if (Values.Count == 0)
                return "No values.";
            var most = Values.MaxBy(value => value.Value)!;
            var least = Values.MinBy(value => value.Value)!;
            return Values.Count == 1
                ? $"{most.Label}: {most.Text}."
                : $"{Values.Count.ToString(CultureInfo.InvariantCulture)} values, from {least.Text} ({least.Label}) to {most.Text} ({most.Label}).";
        }
    }

    /// <summary>Returns the figure with its first values, for a preview.</summary>
    public Figure Take(int count) =>
        Kind == FigureKind.Bars && Values.Count > count ? this with { Values = [.. Values.Take(count)] } : this;
}
