using UglyToad.PdfPig;
using UglyToad.PdfPig.Actions;

namespace MovieLms.Reports.Tests;

public sealed class ImportReportTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_report_shows_the_counts_of_the_import()
    {
        using var pdf = Read(Model(succeeded: 3_200, failed: 1, corrected: 22));
        var text = Text(pdf);
        Assert.Contains("Import report", text, StringComparison.Ordinal);
        foreach (
            var expected in new[]
            {
                "3,201",
                "3,200",
                "movies.json",
                "Ada Lovelace",
                "22 Nov 2026",
                "99.9 %",
                "22 release years",
                "Page 1 of 1",
            }
        )
        {
            Assert.Contains(expected, text, StringComparison.Ordinal);
        }

        Assert.StartsWith("Import report", pdf.Information.Title, StringComparison.Ordinal);
    }

    [Fact]
    public void The_report_uses_the_singular_and_links_to_the_page_of_the_import()
    {
        const string page = "http://localhost:5400/imports/65a000000000000000000001";
        using var pdf = Read(Model(succeeded: 0, failed: 1, corrected: 1) with { PageUrl = page, RowsPerSecond = 1 });
        var text = Text(pdf);
        string[] all = ["row in the file", "1 row per second", "1 release year that was a century late was corrected", page];
        foreach (var expected in all)
            Assert.Contains(expected, text, StringComparison.Ordinal);
        foreach (var unexpected in new[] { "rows in the file", "errors.csv", "/api/", "docs/" })
            Assert.DoesNotContain(unexpected, text, StringComparison.Ordinal);
        Assert.Contains(pdf.GetPage(1).GetAnnotations(), annotation => annotation.Action is UriAction { Uri: page });
    }

    [Fact]
    public void The_report_of_a_failed_import_shows_the_reason()
    {
        using var pdf = Read(Model(failure: "The first line is not a header: it has no column 'title'."));
        Assert.Contains("not a header", Text(pdf), StringComparison.Ordinal);
        Assert.Contains("Failed", Text(pdf), StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_table_repeats_its_header_on_every_page()
    {
        using var pdf = Read(Model(succeeded: 10, failed: 200));
        Assert.InRange(pdf.NumberOfPages, 4, 20);
        for (var page = 1; page <= pdf.NumberOfPages; page++)
        {
            Assert.Contains("Expected", pdf.GetPage(page).Text, StringComparison.Ordinal);
            Assert.Contains($"Page {page} of {pdf.NumberOfPages}", pdf.GetPage(page).Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_report_lists_up_to_200_problems()
    {
        using var pdf = Read(Model(succeeded: 0, failed: 5_000));
        Assert.Contains("The first 200 problems", Text(pdf), StringComparison.Ordinal);
        Assert.Contains("value 200", Text(pdf), StringComparison.Ordinal);
        Assert.DoesNotContain("value 201", Text(pdf), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Café Ωmega Журавли")]
    [InlineData("كتابة السيناريو")]
    [InlineData("पटकथा लिखना")]
    [InlineData("תסריט")]
    public void Text_in_any_script_can_be_extracted(string value)
    {
        var problem = new ReportedRow(2, [new ReportedProblem("title", value, "Wrong.")]);
        var pdf = Render(Model(failed: 1) with { Errors = [problem] });
        // PdfPig assembles words from the positions of letters. This tests the text stored in the file.
        Assert.Contains(
            value.Replace(" ", "", StringComparison.Ordinal),
            ActualText.Read(pdf).Replace(" ", "", StringComparison.Ordinal),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void The_same_import_and_time_produce_the_same_bytes() => Assert.Equal(Render(Model(failed: 3)), Render(Model(failed: 3)));

    internal static ImportReportModel Model(int succeeded = 0, int failed = 0, int corrected = 0, string? failure = null)
    {
        var errors = Enumerable
            .Range(1, Math.Min(failed, ImportReportModel.MaxProblems + 50))
            .Select(i => new ReportedRow(
                i + 1,
                [
                    new ReportedProblem(
                        i % 3 == 0 ? "releaseDate" : "year",
                        $"value {i}",
                        "A whole number from 1870 to 2200, with a long description that may need more than one line of the table."
                    ),
                ]
            ));
        ReportedColumn[] columns = failed == 0 ? [] : [new("year", failed * 2L / 3), new("releaseDate", failed / 3), new("", 1)];
        return new ImportReportModel
        {
            Id = "65a000000000000000000001",
            Outcome = failure is null ? ImportOutcome.Completed : ImportOutcome.Failed,
            Reason = failure,
            FileName = "movies.json",
            FileFormat = "JSON",
            FileSize = 1_399_981,
            ImportedAs = "movies of the catalog",
            Uploader = "Ada Lovelace",
            Total = succeeded + failed,
            Succeeded = succeeded,
            Failed = failed,
            Corrected = corrected,
            RowsPerSecond = 4_321,
            CreatedAt = Noon.AddSeconds(-9),
            StartedAt = Noon.AddSeconds(-8),
            FinishedAt = Noon,
            Errors = [.. errors],
            ErrorsByColumn = columns,
        };
    }

    internal static byte[] Render(ImportReportModel model)
    {
        using var pdf = new MemoryStream();
        ImportReport.Render(model, Noon, pdf);
        return pdf.ToArray();
    }

    private static PdfDocument Read(ImportReportModel model)
    {
        var pdf = Render(model);
        if (Environment.GetEnvironmentVariable("MOVIELMS_TEST_KEEP") is { Length: > 0 } folder)
            File.WriteAllBytes(Path.Combine(folder, $"report-{model.Outcome}-{model.Failed}.pdf"), pdf);
        return PdfDocument.Open(pdf);
    }

    private static string Text(PdfDocument pdf) => string.Join('\n', pdf.GetPages().Select(page => page.Text));
}
