using System.Globalization;
using SkiaSharp;

namespace MovieLms.Reports;

/// <summary>The report on an import, as a PDF on A4: the same model and time always give the same pages.</summary>
public static class ImportReport
{
    private const float ChartHeight = 132;

    private static readonly ReportColumn[] ErrorColumns =
    [
        new("Line", 46, IsNumber: true),
        new("Column", 84),
        new("Value", 124, MaxLines: 2),
        new("What would be right", ReportStyle.ContentWidth - 254, MaxLines: 3),
    ];

    /// <summary>Writes the report.</summary>
    public static void Render(ImportReportModel import, DateTimeOffset generatedAt, Stream destination)
    {
        var pages = new ReportPages($"Import report {import.Id}", $"MovieLms · import {import.Id} · made {Time(generatedAt)}", generatedAt);
        pages.Break();
        DrawTitle(pages, import);
        DrawFacts(pages, import);
        if (import.Reason is { } reason)
        {
            DrawReason(
                pages,
                import.Outcome == ImportOutcome.Canceled ? "Why the import stopped" : "Why the file could not be imported",
                reason
            );
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
            _ => import.Failed > 0 ? ("Completed with reports", ReportStyle.Mixed) : ("Completed", ReportStyle.Good),
        };
        pages.DrawTitle("Import report", label, color);
    }

    private static void DrawFacts(ReportPages pages, ImportReportModel import)
    {
        var duration = import is { StartedAt: { } start, FinishedAt: { } end } ? end - start : TimeSpan.Zero;
        (string, string)[] facts =
        [
            ("File", string.Create(CultureInfo.InvariantCulture, $"{import.FileName} ({import.FileFormat}, {Size(import.FileSize)})")),
            ("Rows become", import.RowsBecome),
            ("Uploaded by", import.Uploader),
            ("Uploaded", Time(import.CreatedAt)),
            (
                "Worked on",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Time(import.StartedAt)} to {Time(import.FinishedAt)}: {duration.TotalSeconds:0.0} s, {import.RowsPerSecond:N0} rows a second"
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
        TextLine.Of(heading, 11, isBold: true).Draw(pages.Canvas, ReportStyle.Margin + 16, pages.Y + 20, ReportStyle.Bad);
        for (var i = 0; i < lines.Count; i++)
            lines[i].Draw(pages.Canvas, ReportStyle.Margin + 16, pages.Y + 37 + (i * 15), ReportStyle.Ink);
        pages.Y += height + 18;
    }

    private static void DrawTotals(ReportPages pages, ImportReportModel import)
    {
        ReportTiles.Draw(
            pages,
            [
                ("rows in the file", ReportStyle.Number(import.Total), ReportStyle.Ink),
                ("stored", ReportStyle.Number(import.Succeeded), ReportStyle.Good),
                ("reported", ReportStyle.Number(import.Failed), ReportStyle.Bad),
            ]
        );
        if (import.Corrected > 0)
        {
            TextLine
                .Of(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{import.Corrected:N0} release years were a century late and were put right (see docs/imports.md)."
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
        pages.Ensure(ChartHeight + 30);
        var top = pages.Y;
        pages.DrawHeading("Stored and reported");
        ReportCharts.Ring(
            pages.Canvas,
            SKRect.Create(ReportStyle.Margin - 8, top + 20, ChartHeight, ChartHeight),
            [("stored", import.Succeeded, ReportStyle.Good), ("reported", import.Failed, ReportStyle.Bad)]
        );
        var share = 100.0 * import.Succeeded / (import.Succeeded + import.Failed);
        var percent = TextLine.Of(Share(share), 15, isBold: true);
        percent.Draw(
            pages.Canvas,
            ReportStyle.Margin - 8 + ((ChartHeight - percent.Width) / 2),
            top + 20 + (ChartHeight / 2) + 5,
            ReportStyle.Good
        );
        DrawKey(pages.Canvas, ReportStyle.Margin + ChartHeight, top + 76, "stored", ReportStyle.Good);
        DrawKey(pages.Canvas, ReportStyle.Margin + ChartHeight, top + 94, "reported", ReportStyle.Bad);
        if (import.ErrorsByColumn.Count > 0)
        {
            var left = ReportStyle.Margin + (ReportStyle.ContentWidth * 0.45f);
            pages.Y = top;
            pages.DrawHeading("Problems by column", left);
            var height = Math.Min(ChartHeight, 26 + (import.ErrorsByColumn.Count * 26));
            ReportCharts.Bars(
                pages.Canvas,
                SKRect.Create(left, top + 22, ReportStyle.ContentWidth * 0.55f, height),
                [
                    .. import.ErrorsByColumn.Select(column =>
                        (column.Column.Length == 0 ? "whole row" : column.Column, (double)column.Count, ReportStyle.Number(column.Count))
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
                        [
                            error.Line.ToString(CultureInfo.InvariantCulture),
                            problem.Column.Length == 0 ? "whole row" : problem.Column,
                            problem.Value,
                            problem.Message,
                        ]
                )
            )
            .Take(ImportReportModel.MaxProblems)
            .ToList();
        pages.Ensure(80);
        pages.DrawHeading(
            import.Failed > import.Errors.Count || rows.Count == ImportReportModel.MaxProblems
                ? $"The first {rows.Count} problems (errors.csv has all)"
                : "What was not stored, and why"
        );
        ReportTable.Draw(pages, ErrorColumns, rows);
    }

    private static void DrawKey(SKCanvas canvas, float x, float y, string text, SKColor color)
    {
        using var fill = new SKPaint { Color = color, IsAntialias = true };
        canvas.DrawRoundRect(x, y - 8, 9, 9, 2, 2, fill);
        TextLine.Of(text, 9).Draw(canvas, x + 14, y, ReportStyle.Ink);
    }

    /// <summary>Never 100 % while a row is missing.</summary>
    private static string Share(double percent) =>
        string.Create(CultureInfo.InvariantCulture, $"{(percent < 100 ? Math.Min(Math.Floor(percent * 10) / 10, 99.9) : 100):0.#} %");

    private static string Time(DateTimeOffset? time) =>
        time?.UtcDateTime.ToString("d MMM yyyy HH:mm:ss 'UTC'", CultureInfo.InvariantCulture) ?? "—";

    private static string Size(long bytes) =>
        bytes < 1024 * 1024
            ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.#} KB")
            : string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024.0 * 1024):0.#} MB");
}
