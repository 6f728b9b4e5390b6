using UglyToad.PdfPig;

namespace MovieLms.Reports.Tests;

/// <summary>Catalogs that no sample is like.</summary>
public sealed class AnalyticsReportTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Empty_catalogue_says_so()
    {
        var text = Text(Figures(0, 0));
        Assert.Contains("Therearenofilmsyet.", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Moviesperyear", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Films_of_unknown_year_and_without_a_rating_are_told_in_words()
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
        Assert.Contains("3filmsofanunknownyeararenotshown.", text, StringComparison.Ordinal);
        Assert.Contains("—meanratingof10", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Genres_with_most_films_are_shown_where_there_are_too_many()
    {
        var text = Text(Figures(40, 300));
        Assert.Contains("The15genreswithmostfilms", text, StringComparison.Ordinal);
        // The genres' films grow with their number: 26 to 40 are shown, in the order of their ratings.
        for (var genre = 1; genre <= 40; genre++)
            Assert.Equal(genre > 25, text.Contains($"({genre})", StringComparison.Ordinal));
        Assert.Contains("40genres", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "2000")]
    [InlineData(2, "2001")]
    [InlineData(330, "1900")]
    public void Years_are_round_numbers_however_many_there_are(int years, string shown) =>
        Assert.Contains(shown, Text(Figures(3, years, years == 330 ? 1870 : 2000)), StringComparison.Ordinal);

    [Theory]
    [InlineData("كتابة السيناريو")]
    [InlineData("पटकथा लिखना")]
    public void Title_reads_back_in_its_script(string title)
    {
        var film = new RankedFigure(title, null, null, null, 9, 5);
        Assert.Contains(
            title.Replace(" ", "", StringComparison.Ordinal),
            ActualText.Of(Render(Figures(1, 1) with { TopRated = [film] })).Replace(" ", "", StringComparison.Ordinal),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Same_figures_and_time_give_the_same_bytes() => Assert.Equal(Render(Figures(5, 50)), Render(Figures(5, 50)));

    private static CatalogModel Figures(int genres, int years, int first = 1900) =>
        new(Enumerable.Range(first, years).Sum(Count), 45 * years, years == 0 ? null : 6.8)
        {
            Years = [.. Enumerable.Range(first, years).Select(year => new YearFigure(year, Count(year)))],
            Genres = [.. Enumerable.Range(1, genres).Select(i => new GenreFigure($"Genre {i}", 9 - (i / 10.0), i))],
            RatingBands = Bands(band => band * years),
            TopRated =
            [
                .. Enumerable.Range(1, Math.Min(genres, 25)).Select(i => new RankedFigure($"Film {i}", null, null, null, 9, 1_000 - i)),
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
            File.WriteAllBytes(Path.Combine(folder, $"catalogue-{figures.Genres.Count}-{figures.Years.Count}.pdf"), pdf.ToArray());
        }

        return pdf.ToArray();
    }

    private static string Text(CatalogModel figures)
    {
        using var pdf = PdfDocument.Open(Render(figures));
        return string.Concat(pdf.GetPages().Select(page => page.Text)).Replace(" ", "", StringComparison.Ordinal);
    }
}
