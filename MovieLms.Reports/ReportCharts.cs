using System.Globalization;
using ScottPlot;
using SkiaSharp;

namespace MovieLms.Reports;

/// <summary>Charts drawn as vectors, in the reports' own letters.</summary>
internal static class ReportCharts
{
    private const string FontName = "MovieLms Report";

    static ReportCharts()
    {
        Fonts.FontResolvers.Insert(0, new OwnFonts());
        Fonts.Default = FontName;
    }

    /// <summary>Parts of a whole as a ring.</summary>
    internal static void Ring(SKCanvas canvas, SKRect area, IReadOnlyList<(string Label, double Value, SKColor Color)> parts)
    {
        using var plot = new Plot();
        var ring = plot.Add.Pie([
            .. parts.Where(part => part.Value > 0).Select(part => new PieSlice { Value = part.Value, FillColor = Of(part.Color) }),
        ]);
        ring.DonutFraction = 0.62;
        ring.LineColor = Colors.White;
        ring.LineWidth = 1;
        plot.Axes.Frameless();
        plot.HideGrid();
        plot.HideLegend();
        Draw(plot, canvas, area);
    }

    /// <summary>Named values as horizontal bars, the first on top, each with its label at its end.</summary>
    /// <param name="canvas">Where to draw.</param>
    /// <param name="area">In points.</param>
    /// <param name="values">Names, values and what to write beside them.</param>
    /// <param name="color">Of the bars.</param>
    /// <param name="most">The value that a full bar has; the greatest of them when absent.</param>
    internal static void Bars(
        SKCanvas canvas,
        SKRect area,
        IReadOnlyList<(string Name, double Value, string Label)> values,
        SKColor color,
        double? most = null
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
                            FillColor = Of(color),
                            LineWidth = 0,
                            Orientation = Orientation.Horizontal,
                            Size = 0.62,
                            Label = value.Label,
                        }
                )
                .ToArray()
        );
        Ticks(plot.Axes.Left, values.Select((value, i) => ((double)(values.Count - i), value.Name)));
        plot.Axes.Bottom.IsVisible = false;
        plot.HideGrid();
        // Room for the labels, which stand at the bars' ends.
        plot.Axes.SetLimits(0, (most ?? Greatest(values.Select(value => value.Value))) * 1.25, 0.4, values.Count + 0.6);
        Draw(plot, canvas, area);
    }

    /// <summary>Named values as columns from left to right, each with its value above.</summary>
    internal static void Columns(SKCanvas canvas, SKRect area, IReadOnlyList<(string Name, double Value)> values, SKColor color)
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
                            FillColor = Of(color),
                            LineWidth = 0,
                            Size = 0.72,
                            Label = value.Value > 0 ? ReportStyle.Number(value.Value) : string.Empty,
                        }
                )
                .ToArray()
        );
        Ticks(plot.Axes.Bottom, values.Select((value, i) => ((double)i, value.Name)));
        plot.Axes.Left.IsVisible = false;
        plot.HideGrid();
        // Room for the label of the greatest, which is as high whatever the chart is.
        plot.Axes.SetLimits(-0.6, values.Count - 0.4, 0, Greatest(values.Select(value => value.Value)) * (1 + (24 / (area.Height - 40))));
        Draw(plot, canvas, area);
    }

    /// <summary>A value a year as columns, with round years below and round values beside them.</summary>
    internal static void Years(SKCanvas canvas, SKRect area, IReadOnlyList<(double Year, double Value)> values, SKColor color)
    {
        using var plot = new Plot();
        plot.Add.Bars(
            values
                .Select(value => new Bar
                {
                    Position = value.Year,
                    Value = value.Value,
                    FillColor = Of(color),
                    LineWidth = 0,
                    Size = 0.78,
                })
                .ToArray()
        );
        var (first, last, most) = (
            values.Min(value => value.Year),
            values.Max(value => value.Year),
            Greatest(values.Select(value => value.Value))
        );
        Ticks(plot.Axes.Bottom, Round(first, last, 12).Select(year => (year, year.ToString("0", CultureInfo.InvariantCulture))));
        Ticks(plot.Axes.Left, Round(0, most, 5).Select(value => (value, ReportStyle.Number(value))));
        plot.Axes.Left.FrameLineStyle.IsVisible = false;
        plot.Grid.XAxisStyle.IsVisible = false;
        plot.Grid.YAxisStyle.MajorLineStyle.Color = Of(ReportStyle.Line);
        plot.Grid.YAxisStyle.MajorLineStyle.Width = 0.5f;
        // Columns would be as broad as the page where there are few years.
        var margin = Math.Max(0.6, (12 - (last - first)) / 2);
        plot.Axes.SetLimits(first - margin, last + margin, 0, most * 1.06);
        Draw(plot, canvas, area);
    }

    /// <summary>Whole round numbers from <paramref name="from"/> to <paramref name="to"/>, about as many as wanted at most.</summary>
    internal static IEnumerable<double> Round(double from, double to, int most)
    {
        var step = 1d;
        for (var i = 0; (to - from) / step > most; i++)
            step *= i % 3 == 1 ? 2.5 : 2;
        for (var at = Math.Ceiling(from / step) * step; at <= to; at += step)
            yield return at;
    }

    private static void Ticks(IAxis axis, IEnumerable<(double At, string Name)> ticks)
    {
        var known = ticks.ToList();
        axis.SetTicks([.. known.Select(tick => tick.At)], [.. known.Select(tick => tick.Name)]);
        axis.MajorTickStyle.Length = 0;
        axis.TickLabelStyle.FontSize = 9;
        axis.TickLabelStyle.ForeColor = Of(ReportStyle.Ink);
        axis.FrameLineStyle.Color = Of(ReportStyle.Line);
    }

    /// <summary>Never 0, which would leave an axis without a length.</summary>
    private static double Greatest(IEnumerable<double> values) => Math.Max(values.Max(), 1e-6);

    private static void Draw(Plot plot, SKCanvas canvas, SKRect area)
    {
        plot.Axes.Right.IsVisible = false;
        plot.Axes.Top.IsVisible = false;
        foreach (var bars in plot.GetPlottables().OfType<ScottPlot.Plottables.BarPlot>())
        {
            bars.ValueLabelStyle.FontSize = 9;
            bars.ValueLabelStyle.ForeColor = Of(ReportStyle.Ink);
        }
        plot.FigureBackground.Color = Colors.Transparent;
        plot.DataBackground.Color = Colors.Transparent;
        canvas.Save();
        canvas.Translate(area.Left, area.Top);
        plot.Render(canvas, new PixelRect(0, area.Width, area.Height, 0));
        canvas.Restore();
    }

    private static Color Of(SKColor color) => new(color.Red, color.Green, color.Blue);

    /// <summary>Gives ScottPlot the fonts that are part of the program: the machine may have none.</summary>
    private sealed class OwnFonts : IFontResolver
    {
        public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) =>
            fontName == FontName ? ReportFont.Of(weight >= FontWeight.SemiBold) : null;

        public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) => fontName == FontName ? ReportFont.Of(bold) : null;
    }
}
