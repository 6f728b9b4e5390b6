using System.Globalization;
using ScottPlot;
using SkiaSharp;

namespace MovieLms.Reports;

/// <summary>Draws charts as vector graphics in the font of the reports.</summary>
internal static class ReportCharts
{
    private const string FontName = "MovieLms Report";

    static ReportCharts()
    {
        Fonts.FontResolvers.Insert(0, new EmbeddedFonts());
        Fonts.Default = FontName;
    }

    /// <summary>Draws parts of a whole as a ring.</summary>
    internal static void DrawRing(SKCanvas canvas, SKRect area, IReadOnlyList<(string Label, double Value, SKColor Color)> parts)
    {
        using var plot = new Plot();
        var ring = plot.Add.Pie([
            .. parts.Where(part => part.Value > 0).Select(part => new PieSlice { Value = part.Value, FillColor = ToColor(part.Color) }),
        ]);
        ring.DonutFraction = 0.62;
        ring.LineColor = Colors.White;
        ring.LineWidth = 1;
        plot.Axes.Frameless();
        plot.HideGrid();
        plot.HideLegend();
        Draw(plot, canvas, area);
    }

    /// <summary>
    /// Draws named values as horizontal bars, the first on top, each with its label at the end. A bar of the full length has the value
    /// <paramref name="maximum"/>, by default the greatest value.
    /// </summary>
    internal static void DrawBars(
        SKCanvas canvas,
        SKRect area,
        IReadOnlyList<(string Name, double Value, string Label)> values,
        SKColor color,
        double? maximum = null
    )
    {
        using var plot = new Plot();
        plot.Add.Bars(
            values
                .Select(
                    (value, i) =>
                        new Bar
                        {
                            Position = values.Count - i,
                            Value = value.Value,
                            FillColor = ToColor(color),
                            LineWidth = 0,
                            Orientation = Orientation.Horizontal,
                            Size = 0.62,
                            Label = value.Label,
                        }
                )
                .ToArray()
        );
        SetTicks(plot.Axes.Left, values.Select((value, i) => ((double)(values.Count - i), value.Name)));
        plot.Axes.Bottom.IsVisible = false;
        plot.HideGrid();
        // Leave space for the labels at the ends of the bars.
        plot.Axes.SetLimits(0, (maximum ?? GetMaximum(values.Select(value => value.Value))) * 1.25, 0.4, values.Count + 0.6);
        Draw(plot, canvas, area);
    }

    /// <summary>Draws named values as columns from left to right, each with its value above.</summary>
    internal static void DrawColumns(SKCanvas canvas, SKRect area, IReadOnlyList<(string Name, double Value)> values, SKColor color)
    {
        using var plot = new Plot();
        plot.Add.Bars(
            values
                .Select(
                    (value, i) =>
                        new Bar
                        {
                            Position = i,
                            Value = value.Value,
                            FillColor = ToColor(color),
                            LineWidth = 0,
                            Size = 0.72,
                            Label = value.Value > 0 ? ReportStyle.FormatNumber(value.Value) : string.Empty,
                        }
                )
                .ToArray()
        );
        SetTicks(plot.Axes.Bottom, values.Select((value, i) => ((double)i, value.Name)));
        plot.Axes.Left.IsVisible = false;
        plot.HideGrid();
        // Leave space for the label of the greatest value, whose height does not depend on the chart's.
        plot.Axes.SetLimits(-0.6, values.Count - 0.4, 0, GetMaximum(values.Select(value => value.Value)) * (1 + (24 / (area.Height - 40))));
        Draw(plot, canvas, area);
    }

    /// <summary>Draws one value per year as columns, with round numbers on both axes.</summary>
    internal static void DrawYears(SKCanvas canvas, SKRect area, IReadOnlyList<(double Year, double Value)> values, SKColor color)
    {
        using var plot = new Plot();
        plot.Add.Bars(
            values
                .Select(value => new Bar
                {
                    Position = value.Year,
                    Value = value.Value,
                    FillColor = ToColor(color),
                    LineWidth = 0,
                    Size = 0.78,
                })
                .ToArray()
        );
        var (first, last, maximum) = (
            values.Min(value => value.Year),
            values.Max(value => value.Year),
            GetMaximum(values.Select(value => value.Value))
        );
        var years = GetRoundNumbers(first, last, 12);
        SetTicks(plot.Axes.Bottom, years.Select(year => (year, year.ToString("0", CultureInfo.InvariantCulture))));
        SetTicks(plot.Axes.Left, GetRoundNumbers(0, maximum, 5).Select(value => (value, ReportStyle.FormatNumber(value))));
        plot.Axes.Left.FrameLineStyle.IsVisible = false;
        plot.Grid.XAxisStyle.IsVisible = false;
        plot.Grid.YAxisStyle.MajorLineStyle.Color = ToColor(ReportStyle.Line);
        plot.Grid.YAxisStyle.MajorLineStyle.Width = 0.5f;
        // Without a minimum range, the columns of a few years would fill the page.
        var margin = Math.Max(0.6, (12 - (last - first)) / 2);
        plot.Axes.SetLimits(first - margin, last + margin, 0, maximum * 1.06);
        Draw(plot, canvas, area);
    }

    /// <summary>
    /// Returns round integers from <paramref name="from"/> to <paramref name="to"/>, about <paramref name="maxCount"/> at most.
    /// </summary>
    private static IEnumerable<double> GetRoundNumbers(double from, double to, int maxCount)
    {
        var step = 1d;
        for (var i = 0; (to - from) / step > maxCount; i++)
            step *= i % 3 == 1 ? 2.5 : 2;
        for (var at = Math.Ceiling(from / step) * step; at <= to; at += step)
            yield return at;
    }

    private static void SetTicks(IAxis axis, IEnumerable<(double Position, string Label)> ticks)
    {
        var list = ticks.ToList();
        axis.SetTicks([.. list.Select(tick => tick.Position)], [.. list.Select(tick => tick.Label)]);
        axis.MajorTickStyle.Length = 0;
        axis.TickLabelStyle.FontSize = 9;
        axis.TickLabelStyle.ForeColor = ToColor(ReportStyle.Ink);
        axis.FrameLineStyle.Color = ToColor(ReportStyle.Line);
    }

    /// <summary>Returns the maximum, but never 0, because an axis must have a length.</summary>
    private static double GetMaximum(IEnumerable<double> values) => Math.Max(values.Max(), 1e-6);

    private static void Draw(Plot plot, SKCanvas canvas, SKRect area)
    {
        plot.Axes.Right.IsVisible = false;
        plot.Axes.Top.IsVisible = false;
        foreach (var bars in plot.GetPlottables().OfType<ScottPlot.Plottables.BarPlot>())
        {
            bars.ValueLabelStyle.FontSize = 9;
            bars.ValueLabelStyle.ForeColor = ToColor(ReportStyle.Ink);
        }
        plot.FigureBackground.Color = Colors.Transparent;
        plot.DataBackground.Color = Colors.Transparent;
        canvas.Save();
        canvas.Translate(area.Left, area.Top);
        plot.Render(canvas, new PixelRect(0, area.Width, area.Height, 0));
        canvas.Restore();
    }

    private static Color ToColor(SKColor color) => new(color.Red, color.Green, color.Blue);

    /// <summary>Resolves the embedded fonts for ScottPlot, because the machine may have no fonts.</summary>
    private sealed class EmbeddedFonts : IFontResolver
    {
        public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) =>
            fontName == FontName ? ReportFont.GetTypeface(weight >= FontWeight.SemiBold) : null;

        public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) =>
            fontName == FontName ? ReportFont.GetTypeface(bold) : null;
    }
}
