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
        var ring = plot.Add.Pie([.. parts.Where(part => part.Value > 0).Select(part => new PieSlice { Value = part.Value, FillColor = Of(part.Color) })]);
        ring.DonutFraction = 0.62;
        ring.LineColor = Colors.White;
        ring.LineWidth = 1;
        plot.Axes.Frameless();
        plot.HideGrid();
        plot.HideLegend();
        Draw(plot, canvas, area);
    }

    /// <summary>Named values as horizontal bars, the first on top.</summary>
    internal static void Bars(SKCanvas canvas, SKRect area, IReadOnlyList<(string Label, double Value)> values, SKColor color)
    {
        using var plot = new Plot();
        for (var i = 0; i < values.Count; i++)
        {
            plot.Add.Bar(new Bar
            {
                Position = values.Count - i, Value = values[i].Value, FillColor = Of(color), LineWidth = 0, Orientation = Orientation.Horizontal, Size = 0.62,
                Label = values[i].Value.ToString("N0", System.Globalization.CultureInfo.InvariantCulture),
            });
        }
        plot.Axes.Left.SetTicks([.. values.Select((_, i) => (double)(values.Count - i))], [.. values.Select(value => value.Label)]);
        plot.Axes.Left.MajorTickStyle.Length = 0;
        plot.Axes.Left.TickLabelStyle.FontSize = 9;
        plot.Axes.Left.TickLabelStyle.ForeColor = Of(ReportStyle.Ink);
        plot.Axes.Left.FrameLineStyle.Color = Of(ReportStyle.Line);
        plot.Axes.Bottom.IsVisible = false;
        plot.Axes.Right.IsVisible = false;
        plot.Axes.Top.IsVisible = false;
        plot.HideGrid();
        plot.Axes.SetLimits(0, values.Max(value => value.Value) * 1.18, 0.4, values.Count + 0.6);
        foreach (var bars in plot.GetPlottables().OfType<ScottPlot.Plottables.BarPlot>())
        {
            bars.ValueLabelStyle.FontSize = 9;
            bars.ValueLabelStyle.ForeColor = Of(ReportStyle.Ink);
        }
        Draw(plot, canvas, area);
    }

    private static void Draw(Plot plot, SKCanvas canvas, SKRect area)
    {
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
