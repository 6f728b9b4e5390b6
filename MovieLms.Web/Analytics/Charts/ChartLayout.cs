using System.Globalization;

namespace MovieLms.Web.Analytics.Charts;

/// <summary>
/// The geometry of the charts. Horizontal positions are percentages of the width and vertical ones are in em, so a chart fits any screen
/// and its text is never scaled.
/// </summary>
public static class ChartLayout
{
    private const char Ellipsis = '…';

    /// <summary>Returns round values from 0 to at least <paramref name="max"/>.</summary>
    /// <param name="max">The largest value of the chart.</param>
    /// <param name="intervals">About how many intervals to return.</param>
    /// <param name="isWhole">True if the values are counts, which have no fractions.</param>
    public static IReadOnlyList<double> GetTicks(double max, int intervals, bool isWhole = true)
    {
        if (!(max > 0) || !double.IsFinite(max))
            return [0, 1];
        var step = RoundStep(max / intervals);
        if (isWhole)
            step = Math.Max(step, 1);
        var count = (int)Math.Ceiling(Math.Round(max / step, 9));
        // Rounded because 3 * 0.1 is not 0.3.
        return [.. Enumerable.Range(0, count + 1).Select(i => Math.Round(i * step, 9))];
    }

    /// <summary>Shortens a label. Never splits a character that has two code units.</summary>
    public static string Truncate(string label, int maxLength)
    {
        if (label.Length <= maxLength)
            return label;
        var end = maxLength - 1;
        if (char.IsHighSurrogate(label[end - 1]))
            end--;
        return label[..end].TrimEnd() + Ellipsis;
    }

    /// <summary>Returns which of the values get a label: the first and others at even distances.</summary>
    public static IReadOnlyList<int> GetLabeled(int count, int maxLabels)
    {
        if (count <= 0)
            return [];
        var step = (count + maxLabels - 1) / maxLabels;
        return [.. Enumerable.Range(0, count).Where(i => i % step == 0)];
    }

    /// <summary>Returns the share of a value in percent.</summary>
    public static double GetShare(double value, double max) => max > 0 ? Math.Clamp(value / max * 100, 0, 100) : 0;

    /// <summary>Formats a length as a percentage.</summary>
    public static string Percent(double value) => value.ToString("0.###", CultureInfo.InvariantCulture) + "%";

    /// <summary>Formats a length in the height of the text.</summary>
    public static string Em(double value) => value.ToString("0.###", CultureInfo.InvariantCulture) + "em";

    /// <summary>Formats a number of an axis.</summary>
    public static string Number(double value) => value.ToString("#,0.###", CultureInfo.InvariantCulture);

    /// <summary>Rounds up to 1, 2 or 5 times a power of ten.</summary>
    private static double RoundStep(double step)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(step)));
        var leading = step / power;
        return power
            * (
                leading <= 1 ? 1
                : leading <= 2 ? 2
                : leading <= 5 ? 5
                : 10
            );
    }
}
