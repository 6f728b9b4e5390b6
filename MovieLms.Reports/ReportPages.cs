using System.Globalization;
using SkiaSharp;

namespace MovieLms.Reports;

/// <summary>
/// Pages that fill from top to bottom. They are kept as drawings until the end, when their number is known and each gets
/// its footer.
/// </summary>
internal sealed class ReportPages(string title, string footer, DateTimeOffset generatedAt)
{
    private readonly List<SKPicture> _pages = [];
    private SKPictureRecorder? _recorder;

    /// <summary>The page that is being filled.</summary>
    internal SKCanvas Canvas { get; private set; } = null!;

    /// <summary>Where the next thing goes.</summary>
    internal float Y { get; set; }

    /// <summary>The room that is left on the page.</summary>
    internal float Room => ReportStyle.PageHeight - ReportStyle.Margin - ReportStyle.FooterHeight - Y;

    /// <summary>Begins the next page.</summary>
    internal void Break()
    {
        Close();
        _recorder = new SKPictureRecorder();
        Canvas = _recorder.BeginRecording(new SKRect(0, 0, ReportStyle.PageWidth, ReportStyle.PageHeight));
        Y = ReportStyle.Margin;
    }

    /// <summary>Begins the next page when less than <paramref name="height"/> is left on this one.</summary>
    /// <returns>True when it did.</returns>
    internal bool Ensure(float height)
    {
        if (_recorder is not null && Room >= height)
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

    /// <summary>The head of every report's first page: the product, what it is, and a label such as a state.</summary>
    internal void DrawTitle(string text, string? label = null, SKColor color = default)
    {
        TextLine.Of("MovieLms", 11, isBold: true).Draw(Canvas, ReportStyle.Margin, Y + 10, ReportStyle.Brand);
        TextLine.Of(text, 26, isBold: true).Draw(Canvas, ReportStyle.Margin, Y + 44, ReportStyle.Ink);
        if (label is not null)
        {
            var line = TextLine.Of(label, 10, isBold: true);
            var left = ReportStyle.PageWidth - ReportStyle.Margin - line.Width - 20;
            using var fill = new SKPaint { Color = color, IsAntialias = true };
            Canvas.DrawRoundRect(left, Y + 25, line.Width + 20, 21, 10, 10, fill);
            line.Draw(Canvas, left + 10, Y + 39, SKColors.White);
        }
        Y += 66;
    }

    /// <summary>Names and values below one another; a value takes at most two lines.</summary>
    internal void DrawFacts(IEnumerable<(string Name, string Value)> facts)
    {
        foreach (var (name, value) in facts)
        {
            var lines = TextLine.Wrap(value, 10, ReportStyle.ContentWidth - 90, 2);
            TextLine.Of(name, 10).Draw(Canvas, ReportStyle.Margin, Y + 10, ReportStyle.Quiet);
            for (var i = 0; i < lines.Count; i++)
                lines[i].Draw(Canvas, ReportStyle.Margin + 90, Y + 10 + (i * 14), ReportStyle.Ink);
            Y += 17 + (Math.Max(0, lines.Count - 1) * 14);
        }
        Y += 12;
    }

    /// <summary>A heading within a report.</summary>
    internal void DrawHeading(string text, float x = ReportStyle.Margin)
    {
        TextLine.Of(text, 12, isBold: true).Draw(Canvas, x, Y + 12, ReportStyle.Ink);
        Y += 22;
    }

    private void DrawFooter(SKCanvas canvas, int number)
    {
        var y = ReportStyle.PageHeight - ReportStyle.Margin;
        using var line = new SKPaint { Color = ReportStyle.Line, StrokeWidth = 0.75f };
        canvas.DrawLine(ReportStyle.Margin, y - 14, ReportStyle.PageWidth - ReportStyle.Margin, y - 14, line);
        TextLine.Fit(footer, 8, ReportStyle.ContentWidth - 90).Draw(canvas, ReportStyle.Margin, y, ReportStyle.Quiet);
        var page = TextLine.Of(string.Create(CultureInfo.InvariantCulture, $"Page {number} of {_pages.Count}"), 8);
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
