using System.Globalization;
using SkiaSharp;

namespace MovieLms.Worker.Reports;

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
        if (_recorder is not null && Room >= height) return false;
        Break();
        return true;
    }

    /// <summary>Writes the document.</summary>
    internal void Write(Stream destination)
    {
        Close();
        var metadata = new SKDocumentPdfMetadata
        {
            Title = title, Author = "MovieLms", Creator = "MovieLms", Creation = generatedAt.UtcDateTime, Modified = generatedAt.UtcDateTime,
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
        if (_recorder is null) return;
        _pages.Add(_recorder.EndRecording());
        _recorder.Dispose();
        _recorder = null;
    }
}
