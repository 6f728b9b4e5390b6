using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using UglyToad.PdfPig;

namespace MovieLms.ApiService.Tests.Analytics;

/// <summary>The reports on the sample say what the API's JSON says, and what the file itself adds up to.</summary>
public sealed class SampleReportTests(SampleAnalyticsTests.Imported api) : IClassFixture<SampleAnalyticsTests.Imported>
{
    [Fact]
    public async Task Pdf_shows_the_figures_of_the_api_and_of_the_file()
    {
        var films = SampleAnalyticsTests.Imported.Films;
        var rated = films.Where(film => film.Rating is not null).ToList();
        using var instructor = api.Instructor();
        var file = await instructor.GetByteArrayAsync("/api/analytics/report.pdf");
        if (Environment.GetEnvironmentVariable("MOVIELMS_TEST_KEEP") is { Length: > 0 } folder)
            await File.WriteAllBytesAsync(Path.Combine(folder, "catalogue.pdf"), file);
        using var pdf = PdfDocument.Open(file);
        var text = string.Concat(pdf.GetPages().Select(page => page.Text)).Replace(" ", "", StringComparison.Ordinal);
        void Shows(FormattableString what)
        {
            var words = what.ToString(CultureInfo.InvariantCulture).Replace(" ", "", StringComparison.Ordinal);
            Assert.True(text.Contains(words, StringComparison.Ordinal), $"'{words}' is not in {text}");
        }

        Shows($"{films.Count:N0}movies");
        Shows($"{rated.Count:N0}with a rating");
        Shows($"{rated.Average(film => film.Rating!.Value):0.00}mean rating (0–10)");
        Shows($"{films.Min(film => film.Year)} to {films.Max(film => film.Year)}");
        Shows($"{films.Count - rated.Count:N0} movies without a rating");
        foreach (var genre in rated.GroupBy(film => film.Genre))
        {
            Shows($"{genre.Key ?? "no genre"}");
            Shows($"{genre.Average(film => film.Rating!.Value):0.00}  ({films.Count(film => film.Genre == genre.Key):N0})");
        }
        foreach (var band in rated.GroupBy(film => Math.Min(9, (int)film.Rating!.Value)))
            Shows($"{band.Count():N0}");
        var best = await instructor.GetFromJsonAsync<JsonElement>("/api/analytics/top-rated?limit=25");
        foreach (var film in best.EnumerateArray())
            Shows($"{film.GetProperty("rating").GetDouble():0.00}{film.GetProperty("ratingCount").GetInt64():N0}");
        Shows($"{best[0].GetProperty("title").GetString()}");
        Shows($"{best[24].GetProperty("title").GetString()}");
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
            Part("ratings-by-genre").Select(row => (row[1], Whole(row[4]), Real(row[5])))
        );
        var histogram = await instructor.GetFromJsonAsync<JsonElement>("/api/analytics/rating-buckets?boundaries=0,1,2,3,4,5,6,7,8,9,11");
        Assert.Equal(
            [
                .. histogram.GetProperty("buckets").EnumerateArray().Select(bucket => bucket.GetProperty("count").GetInt32()),
                histogram.GetProperty("other").GetInt32(),
            ],
            Part("rating-buckets").Select(row => Whole(row[4]))
        );
        var best = await instructor.GetFromJsonAsync<JsonElement>("/api/analytics/top-rated?limit=25");
        Assert.Equal(
            best.EnumerateArray()
                .Select(film =>
                    (
                        film.GetProperty("title").GetString()!,
                        film.GetProperty("rating").GetDouble(),
                        film.GetProperty("ratingCount").GetInt32()
                    )
                ),
            Part("top-rated").Select(row => (row[1], Real(row[5]), Whole(row[6])))
        );

        // And the file's own sums.
        Assert.Equal(3_200, Part("movies-by-year").Sum(row => Whole(row[4])));
        Assert.Equal(3_200, Part("rating-buckets").Sum(row => Whole(row[4])));
        Assert.Equal(
            SampleAnalyticsTests.Imported.Films.Count(film => film.Rating is >= 7 and < 8),
            Whole(Part("rating-buckets").Single(row => row[1] == "7 to 8")[4])
        );

        IEnumerable<string[]> Part(string name) => rows.Where(row => row[0] == name);
        static int Whole(string text) => int.Parse(text, CultureInfo.InvariantCulture);
        static double Real(string text) => double.Parse(text, CultureInfo.InvariantCulture);
    }
}
