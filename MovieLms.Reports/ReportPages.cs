using System.Globalization;
using SkiaSharp;

namespace MovieLms.Reports;

/// <summary>
/// Pages that are filled from top to bottom. They are recorded and written at the end, because each footer contains the total number of
/// pages.
/// </summary>
internal sealed class ReportPages(string title, string footer, DateTimeOffset generatedAt)
{
    private readonly List<SKPicture> _pages = [];
    private SKPictureRecorder? _recorder;

    /// <summary>The canvas of the current page.</summary>
    internal SKCanvas Canvas { get; private set; } = null!;

    /// <summary>The vertical position of the next element.</summary>
    internal float Y { get; set; }

    private float RemainingHeight => ReportStyle.PageHeight - ReportStyle.Margin - ReportStyle.FooterHeight - Y;

    /// <summary>Begins a new page.</summary>
    internal void Break()
    {
        Close();
        _recorder = new SKPictureRecorder();
        Canvas = _recorder.BeginRecording(new SKRect(0, 0, ReportStyle.PageWidth, ReportStyle.PageHeight));
        Y = ReportStyle.Margin;
    }

    /// <summary>Begins a new page if less than <paramref name="height"/> is left on the current one. Returns true if it did.</summary>
    internal bool EnsureHeight(float height)
    {
        if (_recorder is not null && RemainingHeight >= height)
            return false;
        Break();
        return true;
    }

    /// <summary>Writes the document.</summary>
    internal void Write(Stream destination)
    {
        Close();
        var metadata = new SKDocumentPdfMetadata
        {
            Title = title,
            Author = "MovieLms",
            Creator = "MovieLms",
            Creation = generatedAt.UtcDateTime,
            Modified = generatedAt.UtcDateTime,
        };
        using var stream = new SKManagedWStream(destination);
        using var document = SKDocument.CreatePdf(stream, metadata);
        for (var number = 1; number <= _pages.Count; number++)
        {
            using var canvas = document.BeginPage(ReportStyle.PageWidth, ReportStyle.PageHeight);
            canvas.DrawPicture(_pages[number - 1]);
            DrawFooter(canvas, number);
            document.EndPage();
            _pages[number - 1].Dispose();
        }
        document.Close();
    }

    /// <summary>Draws the product's name, the title and an optional label, such as a state.</summary>
    internal void DrawTitle(string text, string? label = null, SKColor color = default)
    {
        TextLine.Create("MovieLms", 11, isBold: true).Draw(Canvas, ReportStyle.Margin, Y + 10, ReportStyle.Brand);
        TextLine.Create(text, 26, isBold: true).Draw(Canvas, ReportStyle.Margin, Y + 44, ReportStyle.Ink);
        if (label is not null)
        {
            var line = TextLine.Create(label, 10, isBold: true);
            var left = ReportStyle.PageWidth - ReportStyle.Margin - line.Width - 20;
            using var fill = new SKPaint { Color = color, IsAntialias = true };
            Canvas.DrawRoundRect(left, Y + 25, line.Width + 20, 21, 10, 10, fill);
            line.Draw(Canvas, left + 10, Y + 39, SKColors.White);
        }
        Y += 66;
    }

    /// <summary>Draws a list of names and values. A value has at most two lines.</summary>
    internal void DrawFacts(IEnumerable<(string Name, string Value)> facts)
    {
        foreach (var (name, value) in facts)
        {
            var lines = TextLine.Wrap(value, 10, ReportStyle.ContentWidth - 90, 2);
            TextLine.Create(name, 10).Draw(Canvas, ReportStyle.Margin, Y + 10, ReportStyle.Quiet);
            for (var i = 0; i < lines.Count; i++)
                lines[i].Draw(Canvas, ReportStyle.Margin + 90, Y + 10 + (i * 14), ReportStyle.Ink);
            Y += 17 + (Math.Max(0, lines.Count - 1) * 14);
        }
        Y += 12;
    }

    /// <summary>Draws a text and, below it, the address of a page that readers can open.</summary>
    internal void DrawLink(string text, string url)
    {
        TextLine.Create(text, 9).Draw(Canvas, ReportStyle.Margin, Y + 9, ReportStyle.Quiet);
        var link = TextLine.Fit(url, 9, ReportStyle.ContentWidth);
        link.Draw(Canvas, ReportStyle.Margin, Y + 22, ReportStyle.Brand);
        Canvas.DrawUrlAnnotation(SKRect.Create(ReportStyle.Margin, Y + 13, link.Width, 12), url);
        Y += 34;
    }

    /// <summary>Draws a section heading.</summary>
    internal void DrawHeading(string text, float x = ReportStyle.Margin)
    {
        TextLine.Create(text, 12, isBold: true).Draw(Canvas, x, Y + 12, ReportStyle.Ink);
        Y += 22;
    }

    private void DrawFooter(SKCanvas canvas, int number)
    {
        var y = ReportStyle.PageHeight - ReportStyle.Margin;
        using var line = new SKPaint { Color = ReportStyle.Line, StrokeWidth = 0.75f };
        canvas.DrawLine(ReportStyle.Margin, y - 14, ReportStyle.PageWidth - ReportStyle.Margin, y - 14, line);
        TextLine.Fit(footer, 8, ReportStyle.ContentWidth - 90).Draw(canvas, ReportStyle.Margin, y, ReportStyle.Quiet);
        var page = TextLine.Create(string.Create(CultureInfo.InvariantCulture, $"Page {number} of {_pages.Count}"), 8);
        page.Draw(canvas, ReportStyle.PageWidth - ReportStyle.Margin - page.Width, y, ReportStyle.Quiet);
    }

    private void Close()
    {
        if (_recorder is null)
            return;
        _pages.Add(_recorder.EndRecording());
        _recorder.Dispose();
        _recorder = null;
    }
}
