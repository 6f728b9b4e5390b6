using UglyToad.PdfPig;

namespace MovieLms.Reports.Tests;

/// <summary>The report of unusual catalogs.</summary>
public sealed class AnalyticsReportTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_report_of_an_empty_catalog_has_no_charts()
    {
        var text = Text(Figures(0, 0));
        Assert.Contains("Therearenomoviesyet.", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Moviesperyear", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Movies_without_a_year_or_a_rating_are_mentioned()
    {
        var figures = Figures(1, 0) with
        {
            Movies = 3,
            Years = [new YearFigure(null, 3)],
            RatingBands = Bands(_ => 0),
            Unrated = 3,
            MeanRating = null,
        };
        var text = Text(figures);
        Assert.Contains("3movieswithanunknownyeararenotshown.", text, StringComparison.Ordinal);
        Assert.Contains("—meanrating(0–10)", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_chart_shows_the_largest_genres_if_there_are_too_many()
    {
        var text = Text(Figures(40, 300));
        Assert.Contains("The15largestgenres", text, StringComparison.Ordinal);
        // Genre n has n movies, so genres 26 to 40 are shown, in the order of their ratings.
        for (var genre = 1; genre <= 40; genre++)
            Assert.Equal(genre > 25, text.Contains($"({genre})", StringComparison.Ordinal));
        Assert.Contains("40genres", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "2000")]
    [InlineData(2, "2001")]
    [InlineData(330, "1900")]
    public void The_year_axis_shows_round_numbers(int years, string shown) =>
        Assert.Contains(shown, Text(Figures(3, years, years == 330 ? 1870 : 2000)), StringComparison.Ordinal);

    [Theory]
    [InlineData("كتابة السيناريو")]
    [InlineData("पटकथा लिखना")]
    public void A_title_in_any_script_can_be_extracted(string title)
    {
        var movie = new RankedFigure(title, null, null, null, 9, 5);
        Assert.Contains(
            title.Replace(" ", "", StringComparison.Ordinal),
            ActualText.Read(Render(Figures(1, 1) with { TopRated = [movie] })).Replace(" ", "", StringComparison.Ordinal),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void The_same_figures_and_time_produce_the_same_bytes() => Assert.Equal(Render(Figures(5, 50)), Render(Figures(5, 50)));

    private static CatalogModel Figures(int genres, int years, int first = 1900) =>
        new(Enumerable.Range(first, years).Sum(Count), 45 * years, years == 0 ? null : 6.8)
        {
            Years = [.. Enumerable.Range(first, years).Select(year => new YearFigure(year, Count(year)))],
            Genres = [.. Enumerable.Range(1, genres).Select(i => new GenreFigure($"Genre {i}", 9 - (i / 10.0), i))],
            RatingBands = Bands(band => band * years),
            TopRated =
            [
                .. Enumerable.Range(1, Math.Min(genres, 25)).Select(i => new RankedFigure($"Movie {i}", null, null, null, 9, 1_000 - i)),
            ],
        };

    private static int Count(int year) => 1 + (year % 7);

    private static int[] Bands(Func<int, int> count) => [.. Enumerable.Range(0, 10).Select(count)];

    private static byte[] Render(CatalogModel figures)
    {
        using var pdf = new MemoryStream();
        AnalyticsReport.Render(figures, Noon, pdf);
        if (Environment.GetEnvironmentVariable("MOVIELMS_TEST_KEEP") is { Length: > 0 } folder)
        {
            File.WriteAllBytes(Path.Combine(folder, $"catalog-{figures.Genres.Count}-{figures.Years.Count}.pdf"), pdf.ToArray());
        }

        return pdf.ToArray();
    }

    private static string Text(CatalogModel figures)
    {
        using var pdf = PdfDocument.Open(Render(figures));
        return string.Concat(pdf.GetPages().Select(page => page.Text)).Replace(" ", "", StringComparison.Ordinal);
    }
}
