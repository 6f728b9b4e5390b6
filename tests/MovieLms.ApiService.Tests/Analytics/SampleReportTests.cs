using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using UglyToad.PdfPig;

namespace MovieLms.ApiService.Tests.Analytics;

/// <summary>Compares the reports on the sample with the API's JSON and with the sums of the file.</summary>
public sealed class SampleReportTests(SampleAnalyticsTests.Imported api) : IClassFixture<SampleAnalyticsTests.Imported>
{
    [Fact]
    public async Task Pdf_shows_the_figures_of_the_api_and_of_the_file()
    {
        var movies = SampleAnalyticsTests.Imported.Movies;
        var rated = movies.Where(movie => movie.Rating is not null).ToList();
        using var instructor = api.Instructor();
        var file = await instructor.GetByteArrayAsync("/api/analytics/report.pdf");
        if (Environment.GetEnvironmentVariable("MOVIELMS_TEST_KEEP") is { Length: > 0 } folder)
            await File.WriteAllBytesAsync(Path.Combine(folder, "catalog.pdf"), file);
        using var pdf = PdfDocument.Open(file);
        var text = string.Concat(pdf.GetPages().Select(page => page.Text)).Replace(" ", "", StringComparison.Ordinal);
        void AssertShows(FormattableString expected)
        {
            var words = expected.ToString(CultureInfo.InvariantCulture).Replace(" ", "", StringComparison.Ordinal);
            Assert.True(text.Contains(words, StringComparison.Ordinal), $"'{words}' is not in {text}");
        }

        AssertShows($"{movies.Count:N0}movies");
        AssertShows($"{rated.Count:N0}with a rating");
        AssertShows($"{rated.Average(movie => movie.Rating!.Value):0.00}mean rating (0–10)");
        AssertShows($"{movies.Min(movie => movie.Year)} to {movies.Max(movie => movie.Year)}");
        AssertShows($"{movies.Count - rated.Count:N0} movies without a rating");
        foreach (var genre in rated.GroupBy(movie => movie.Genre))
        {
            AssertShows($"{genre.Key ?? "no genre"}");
            AssertShows($"{genre.Average(movie => movie.Rating!.Value):0.00}  ({movies.Count(movie => movie.Genre == genre.Key):N0})");
        }
        foreach (var band in rated.GroupBy(movie => Math.Min(9, (int)movie.Rating!.Value)))
            AssertShows($"{band.Count():N0}");
        var best = await instructor.GetFromJsonAsync<JsonElement>("/api/analytics/top-rated?limit=25");
        foreach (var movie in best.EnumerateArray())
            AssertShows($"{movie.GetProperty("rating").GetDouble():0.00}{movie.GetProperty("ratingCount").GetInt64():N0}");
        AssertShows($"{best[0].GetProperty("title").GetString()}");
        AssertShows($"{best[24].GetProperty("title").GetString()}");
    }

    [Fact]
    public async Task Csv_has_every_figure_of_the_api()
    {
        using var instructor = api.Instructor();
        var rows = CsvText.Read(await instructor.GetStringAsync("/api/analytics/report.csv"));
        Assert.Equal(["part", "name", "genre", "year", "films", "rating", "votes"], rows[0]);

        var overview = await instructor.GetFromJsonAsync<JsonElement>("/api/analytics");
        Assert.Equal(
            overview
                .GetProperty("moviesByYear")
                .EnumerateArray()
                .Select(year => (year.GetProperty("year").GetRawText(), year.GetProperty("count").GetRawText())),
            Part("movies-by-year").Select(row => (row[3], row[4]))
        );
        Assert.Equal(
            overview
                .GetProperty("avgRatingByGenre")
                .EnumerateArray()
                .Select(genre =>
                    (
                        genre.GetProperty("genre").GetString() ?? "",
                        genre.GetProperty("count").GetInt32(),
                        genre.GetProperty("averageRating").GetDouble()
                    )
                ),
            Part("ratings-by-genre").Select(row => (row[1], ParseInt(row[4]), ParseDouble(row[5])))
        );
        var histogram = await instructor.GetFromJsonAsync<JsonElement>("/api/analytics/rating-buckets?boundaries=0,1,2,3,4,5,6,7,8,9,11");
        Assert.Equal(
            [
                .. histogram.GetProperty("buckets").EnumerateArray().Select(bucket => bucket.GetProperty("count").GetInt32()),
                histogram.GetProperty("other").GetInt32(),
            ],
            Part("rating-buckets").Select(row => ParseInt(row[4]))
        );
        var best = await instructor.GetFromJsonAsync<JsonElement>("/api/analytics/top-rated?limit=25");
        Assert.Equal(
            best.EnumerateArray()
                .Select(movie =>
                    (
                        movie.GetProperty("title").GetString()!,
                        movie.GetProperty("rating").GetDouble(),
                        movie.GetProperty("ratingCount").GetInt32()
                    )
                ),
            Part("top-rated").Select(row => (row[1], ParseDouble(row[5]), ParseInt(row[6])))
        );

        // Compare with the sums of the file.
        Assert.Equal(3_200, Part("movies-by-year").Sum(row => ParseInt(row[4])));
        Assert.Equal(3_200, Part("rating-buckets").Sum(row => ParseInt(row[4])));
        Assert.Equal(
            SampleAnalyticsTests.Imported.Movies.Count(movie => movie.Rating is >= 7 and < 8),
            ParseInt(Part("rating-buckets").Single(row => row[1] == "7 to 8")[4])
        );

        IEnumerable<string[]> Part(string name) => rows.Where(row => row[0] == name);
        static int ParseInt(string text) => int.Parse(text, CultureInfo.InvariantCulture);
        static double ParseDouble(string text) => double.Parse(text, CultureInfo.InvariantCulture);
    }
}
