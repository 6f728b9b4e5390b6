using System.Globalization;
using SkiaSharp;

namespace MovieLms.Reports;

/// <summary>The report of an import as a PDF on A4. The same model and time always produce the same pages.</summary>
public static class ImportReport
{
    private const float ChartHeight = 132;

    private static readonly ReportColumn[] ErrorColumns =
    [
        new("Line", 46, IsNumber: true),
        new("Column", 84),
        new("Value", 124, MaxLines: 2),
        new("Expected", ReportStyle.ContentWidth - 254, MaxLines: 3),
    ];

    /// <summary>Writes the report.</summary>
    public static void Render(ImportReportModel import, DateTimeOffset generatedAt, Stream destination)
    {
        var footer = $"MovieLms · import {import.Id} · generated {FormatTime(generatedAt)}";
        var pages = new ReportPages($"Import report {import.Id}", footer, generatedAt);
        pages.Break();
        DrawTitle(pages, import);
        DrawFacts(pages, import);
        if (import.Reason is { } reason)
        {
            DrawReason(pages, import.Outcome == ImportOutcome.Canceled ? "Reason for the cancellation" : "Reason for the failure", reason);
        }

        DrawTotals(pages, import);
        if (import.Succeeded + import.Failed > 0)
            DrawCharts(pages, import);
        if (import.Errors.Count > 0)
            DrawErrors(pages, import);
        pages.Write(destination);
    }

    private static void DrawTitle(ReportPages pages, ImportReportModel import)
    {
        var (label, color) = import.Outcome switch
        {
            ImportOutcome.Failed => ("Failed", ReportStyle.Bad),
            ImportOutcome.Canceled => ("Canceled", ReportStyle.Mixed),
            _ => import.Failed > 0 ? ("Completed with errors", ReportStyle.Mixed) : ("Completed", ReportStyle.Good),
        };
        pages.DrawTitle("Import report", label, color);
    }

    private static void DrawFacts(ReportPages pages, ImportReportModel import)
    {
        var duration = import is { StartedAt: { } start, FinishedAt: { } end } ? end - start : TimeSpan.Zero;
        (string, string)[] facts =
        [
            ("File", $"{import.FileName} ({import.FileFormat}, {FormatSize(import.FileSize)})"),
            ("Imported as", import.ImportedAs),
            ("Uploaded by", import.Uploader),
            ("Uploaded", FormatTime(import.CreatedAt)),
            (
                "Processed",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{FormatTime(import.StartedAt)} to {FormatTime(import.FinishedAt)}: {duration.TotalSeconds:0.0} s, {Plural.Of((long)Math.Round(import.RowsPerSecond), "row")} per second"
                )
            ),
        ];
        pages.DrawFacts(facts);
    }

    private static void DrawReason(ReportPages pages, string heading, string reason)
    {
        var lines = TextLine.Wrap(reason, 11, ReportStyle.ContentWidth - 32, 6);
        var height = (lines.Count * 15) + 38;
        using var fill = new SKPaint { Color = new SKColor(0xFB, 0xEE, 0xE8), IsAntialias = true };
        using var edge = new SKPaint { Color = ReportStyle.Bad };
        pages.Canvas.DrawRect(ReportStyle.Margin, pages.Y, ReportStyle.ContentWidth, height, fill);
        pages.Canvas.DrawRect(ReportStyle.Margin, pages.Y, 4, height, edge);
        TextLine.Create(heading, 11, isBold: true).Draw(pages.Canvas, ReportStyle.Margin + 16, pages.Y + 20, ReportStyle.Bad);
        for (var i = 0; i < lines.Count; i++)
            lines[i].Draw(pages.Canvas, ReportStyle.Margin + 16, pages.Y + 37 + (i * 15), ReportStyle.Ink);
        pages.Y += height + 18;
    }

    private static void DrawTotals(ReportPages pages, ImportReportModel import)
    {
        ReportTiles.Draw(
            pages,
            [
                (import.Total == 1 ? "row in the file" : "rows in the file", ReportStyle.FormatNumber(import.Total), ReportStyle.Ink),
                ("stored", ReportStyle.FormatNumber(import.Succeeded), ReportStyle.Good),
                ("rejected", ReportStyle.FormatNumber(import.Failed), ReportStyle.Bad),
            ]
        );
        if (import.Corrected > 0)
        {
            TextLine
                .Create(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{Plural.Of(import.Corrected, "release year")} that {(import.Corrected == 1 ? "was" : "were")} a century late {(import.Corrected == 1 ? "was" : "were")} corrected."
                    ),
                    9
                )
                .Draw(pages.Canvas, ReportStyle.Margin, pages.Y + 9, ReportStyle.Quiet);
            pages.Y += 16;
        }
        pages.Y += 10;
    }

    private static void DrawCharts(ReportPages pages, ImportReportModel import)
    {
        pages.EnsureHeight(ChartHeight + 30);
        var top = pages.Y;
        pages.DrawHeading("Stored and rejected rows");
        ReportCharts.DrawRing(
            pages.Canvas,
            SKRect.Create(ReportStyle.Margin - 8, top + 20, ChartHeight, ChartHeight),
            [("stored", import.Succeeded, ReportStyle.Good), ("rejected", import.Failed, ReportStyle.Bad)]
        );
        var share = 100.0 * import.Succeeded / (import.Succeeded + import.Failed);
        var percent = TextLine.Create(FormatShare(share), 15, isBold: true);
        percent.Draw(
            pages.Canvas,
            ReportStyle.Margin - 8 + ((ChartHeight - percent.Width) / 2),
            top + 20 + (ChartHeight / 2) + 5,
            ReportStyle.Good
        );
        DrawKey(pages.Canvas, ReportStyle.Margin + ChartHeight, top + 76, "stored", ReportStyle.Good);
        DrawKey(pages.Canvas, ReportStyle.Margin + ChartHeight, top + 94, "rejected", ReportStyle.Bad);
        if (import.ErrorsByColumn.Count > 0)
        {
            var left = ReportStyle.Margin + (ReportStyle.ContentWidth * 0.45f);
            pages.Y = top;
            pages.DrawHeading("Problems by column", left);
            var height = Math.Min(ChartHeight, 26 + (import.ErrorsByColumn.Count * 26));
            ReportCharts.DrawBars(
                pages.Canvas,
                SKRect.Create(left, top + 22, ReportStyle.ContentWidth * 0.55f, height),
                [
                    .. import.ErrorsByColumn.Select(column =>
                        (GetColumnName(column.Column), (double)column.Count, ReportStyle.FormatNumber(column.Count))
                    ),
                ],
                ReportStyle.Bad
            );
        }
        pages.Y = top + ChartHeight + 34;
    }

    private static void DrawErrors(ReportPages pages, ImportReportModel import)
    {
        var rows = import
            .Errors.SelectMany(error =>
                error.Problems.Select(problem =>
                    (IReadOnlyList<string>)
                        [error.Line.ToString(CultureInfo.InvariantCulture), GetColumnName(problem.Column), problem.Value, problem.Message]
                )
            )
            .Take(ImportReportModel.MaxProblems)
            .ToList();
        pages.EnsureHeight(80);
        pages.DrawHeading(
            import.Failed > import.Errors.Count || rows.Count == ImportReportModel.MaxProblems
                ? $"The first {Plural.Of(rows.Count, "problem")}"
                : "Rejected rows"
        );
        if (import.PageUrl is { } url)
            pages.DrawLink("All rejected rows, and the form to upload the corrected ones: ", url);
        ReportTable.Draw(pages, ErrorColumns, rows);
    }

    private static string GetColumnName(string column) => column.Length == 0 ? "whole row" : column;

    private static void DrawKey(SKCanvas canvas, float x, float y, string text, SKColor color)
    {
        using var fill = new SKPaint { Color = color, IsAntialias = true };
        canvas.DrawRoundRect(x, y - 8, 9, 9, 2, 2, fill);
        TextLine.Create(text, 9).Draw(canvas, x + 14, y, ReportStyle.Ink);
    }

    /// <summary>Formats a percentage, rounded down so that it is 100 % only when all rows were stored.</summary>
    private static string FormatShare(double percent) =>
        string.Create(CultureInfo.InvariantCulture, $"{(percent < 100 ? Math.Min(Math.Floor(percent * 10) / 10, 99.9) : 100):0.#} %");

    private static string FormatTime(DateTimeOffset? time) =>
        time?.UtcDateTime.ToString("d MMM yyyy HH:mm:ss 'UTC'", CultureInfo.InvariantCulture) ?? "—";

    private static string FormatSize(long bytes) =>
        bytes < 1024 * 1024
            ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.#} KB")
            : string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024.0 * 1024):0.#} MB");
}
