using SkiaSharp;

namespace MovieLms.Reports;

/// <summary>Draws key figures as large tiles side by side.</summary>
internal static class ReportTiles
{
    private const float Gap = 12;
    private const float Height = 64;

    internal static void Draw(ReportPages pages, IReadOnlyList<(string Label, string Value, SKColor Color)> tiles)
    {
        var width = (ReportStyle.ContentWidth - (Gap * (tiles.Count - 1))) / tiles.Count;
        using var fill = new SKPaint { Color = ReportStyle.Shade, IsAntialias = true };
        for (var i = 0; i < tiles.Count; i++)
        {
            var x = ReportStyle.Margin + (i * (width + Gap));
            pages.Canvas.DrawRoundRect(x, pages.Y, width, Height, 6, 6, fill);
            TextLine.Create(tiles[i].Value, 24, isBold: true).Draw(pages.Canvas, x + 14, pages.Y + 34, tiles[i].Color);
            TextLine.Create(tiles[i].Label, 10).Draw(pages.Canvas, x + 14, pages.Y + 52, ReportStyle.Quiet);
        }
        pages.Y += Height + 10;
    }
}
