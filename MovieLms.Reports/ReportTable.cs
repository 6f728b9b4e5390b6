using SkiaSharp;

namespace MovieLms.Reports;

/// <summary>A column of a table.</summary>
/// <param name="Title">The text in the header.</param>
/// <param name="Width">The width in points.</param>
/// <param name="IsNumber">True to align the cells to the right.</param>
/// <param name="MaxLines">Maximum number of lines in a cell.</param>
internal sealed record ReportColumn(string Title, float Width, bool IsNumber = false, int MaxLines = 1);

/// <summary>Draws a table across pages, with the header on each page.</summary>
internal static class ReportTable
{
    private const float Size = 8.5f;
    private const float LineHeight = 11.5f;
    private const float Padding = 5;

    internal static void Draw(ReportPages pages, IReadOnlyList<ReportColumn> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        var isFirst = true;
        var isShaded = false;
        foreach (var row in rows)
        {
            var cells = columns.Select((column, i) => TextLine.Wrap(row[i], Size, column.Width - (2 * Padding), column.MaxLines)).ToArray();
            var height = (Math.Max(1, cells.Max(cell => cell.Count)) * LineHeight) + (2 * Padding) - 2;
            if (pages.EnsureHeight(height + (isFirst ? LineHeight * 3 : 0)) || isFirst)
                DrawHeader(pages, columns);
            isFirst = false;
            DrawRow(pages, columns, cells, height, isShaded);
            isShaded = !isShaded;
        }
    }

    private static void DrawHeader(ReportPages pages, IReadOnlyList<ReportColumn> columns)
    {
        var height = LineHeight + (2 * Padding);
        using var fill = new SKPaint { Color = ReportStyle.Brand };
        pages.Canvas.DrawRect(ReportStyle.Margin, pages.Y, columns.Sum(column => column.Width), height, fill);
        var x = ReportStyle.Margin;
        foreach (var column in columns)
        {
            DrawCell(
                pages.Canvas,
                TextLine.Fit(column.Title, Size, column.Width - (2 * Padding), isBold: true),
                column,
                x,
                pages.Y + Padding + 9,
                SKColors.White
            );
            x += column.Width;
        }
        pages.Y += height;
    }

    private static void DrawRow(
        ReportPages pages,
        IReadOnlyList<ReportColumn> columns,
        IReadOnlyList<TextLine>[] cells,
        float height,
        bool isShaded
    )
    {
        var width = columns.Sum(column => column.Width);
        using var fill = new SKPaint { Color = ReportStyle.Shade };
        using var line = new SKPaint { Color = ReportStyle.Line, StrokeWidth = 0.5f };
        if (isShaded)
            pages.Canvas.DrawRect(ReportStyle.Margin, pages.Y, width, height, fill);
        pages.Canvas.DrawLine(ReportStyle.Margin, pages.Y + height, ReportStyle.Margin + width, pages.Y + height, line);
        var x = ReportStyle.Margin;
        for (var i = 0; i < cells.Length; i++)
        {
            for (var l = 0; l < cells[i].Count; l++)
                DrawCell(pages.Canvas, cells[i][l], columns[i], x, pages.Y + Padding + 8 + (l * LineHeight), ReportStyle.Ink);
            x += columns[i].Width;
        }
        pages.Y += height;
    }

    private static void DrawCell(SKCanvas canvas, TextLine text, ReportColumn column, float x, float y, SKColor color) =>
        text.Draw(canvas, column.IsNumber ? x + column.Width - Padding - text.Width : x + Padding, y, color);
}
