using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using MovieLms.Testing;
using MovieLms.Testing.Processes;

namespace MovieLms.ApiService.Tests.Analytics;

/// <summary>Imports the sample file through the API and compares the analytics with sums computed here, without shared code.</summary>
public sealed class SampleAnalyticsTests(SampleAnalyticsTests.Imported api) : IClassFixture<SampleAnalyticsTests.Imported>
{
    private const double Tolerance = 1e-9;

    public sealed class Imported : ApiFixture
    {
        protected override Services Services => Services.Api | Services.Worker;

        internal static List<(string Title, string? Genre, int Year, double? Rating, int Votes)> Movies { get; } = ReadFile();

        public override async ValueTask InitializeAsync()
        {
            await base.InitializeAsync();
            // The Worker looks up the uploader, who must therefore exist.
            var client = (await Host.SignInInstructorAsync()).Client;
            using var form = new MultipartFormDataContent();
            var file = new ByteArrayContent(await File.ReadAllBytesAsync(Path.Combine(Repository.Root, "samples", "movies.json")));
            file.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            form.Add(file, "file", "movies.json");
            using var accepted = await client.PostAsync("/api/movies/import", form);
            Assert.True(accepted.IsSuccessStatusCode, await accepted.Content.ReadAsStringAsync());
            var import = JsonDocument.Parse("{}").RootElement;
            await Eventually.WaitUntilAsync(
                async () =>
                    (import = await client.GetFromJsonAsync<JsonElement>(accepted.Headers.Location)).GetProperty("state").GetString()
                        is "completed"
                            or "failed",
                "the sample is imported",
                120
            );
            Assert.Equal("completed", import.GetProperty("state").GetString());
        }

        private static List<(string, string?, int, double?, int)> ReadFile()
        {
            using var file = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Repository.Root, "samples", "movies.json")));
            var movies = new List<(string, string?, int, double?, int)>();
            foreach (var movie in file.RootElement.EnumerateArray())
            {
                var title = movie.GetProperty("Title");
                if (title.ValueKind == JsonValueKind.Null)
                    continue;
                var year = int.Parse(movie.GetProperty("Release Date").GetString()![^4..], CultureInfo.InvariantCulture);
                var rating = movie.GetProperty("IMDB Rating");
                movies.Add(
                    (
                        title.ValueKind == JsonValueKind.Number ? title.GetRawText() : title.GetString()!,
                        movie.GetProperty("Major Genre").GetString(),
                        year > 2011 ? year - 100 : year,
                        rating.ValueKind == JsonValueKind.Null ? null : rating.GetDouble(),
                        rating.ValueKind == JsonValueKind.Null ? 0 : movie.GetProperty("IMDB Votes").GetInt32()
                    )
                );
            }
            return movies;
        }
    }

    [Fact]
    public async Task Overview_matches_the_sums_of_the_file()
    {
        Assert.Equal(3_200, Imported.Movies.Count);
        var overview = await api.Anonymous.GetFromJsonAsync<JsonElement>("/api/analytics");

        var genres = Imported
            .Movies.GroupBy(movie => movie.Genre ?? string.Empty)
            .Select(group =>
                (
                    Genre: group.Key,
                    Average: group
                        .Where(movie => movie.Rating is not null)
                        .Select(movie => movie.Rating!.Value)
                        .DefaultIfEmpty(double.NegativeInfinity)
                        .Average(),
                    Count: group.Count()
                )
            )
            .OrderByDescending(group => group.Average)
            .ToList();
        var returned = overview.GetProperty("avgRatingByGenre").EnumerateArray().ToList();
        Assert.Equal(genres.Count, returned.Count);
        foreach (var (expected, actual) in genres.Zip(returned))
        {
            Assert.Equal(expected.Genre, actual.GetProperty("genre").GetString() ?? string.Empty);
            Assert.Equal(expected.Average, actual.GetProperty("averageRating").GetDouble(), Tolerance);
            Assert.Equal(expected.Count, actual.GetProperty("count").GetInt32());
        }

        Assert.Equal(
            Imported.Movies.GroupBy(movie => movie.Year).OrderBy(group => group.Key).Select(group => (group.Key, group.Count())),
            overview
                .GetProperty("moviesByYear")
                .EnumerateArray()
                .Select(year => (year.GetProperty("year").GetInt32(), year.GetProperty("count").GetInt32()))
        );

        Assert.Equal(
            Best().Take(5).Select(movie => (movie.Title, movie.Rating!.Value, movie.Genre)),
            overview
                .GetProperty("topRatedMovies")
                .EnumerateArray()
                .Select(movie =>
                    (
                        movie.GetProperty("title").GetString()!,
                        movie.GetProperty("rating").GetDouble(),
                        movie.GetProperty("genre").GetString()
                    )
                )
        );
        Assert.Equal(0, overview.GetProperty("usersWithFavorites").GetInt32());
    }

    [Fact]
    public async Task Top_rated_skips_and_limits_within_one_order()
    {
        var page = await api.Anonymous.GetFromJsonAsync<JsonElement>("/api/analytics/top-rated?skip=20&limit=50&minVotes=1000");
        Assert.Equal(
            Best()
                .Where(movie => movie.Votes >= 1000)
                .Skip(20)
                .Take(50)
                .Select(movie => (movie.Title, movie.Votes, movie.Rating!.Value / 2)),
            page.EnumerateArray()
                .Select(movie =>
                    (
                        movie.GetProperty("title").GetString()!,
                        movie.GetProperty("ratingCount").GetInt32(),
                        movie.GetProperty("ratingOutOfFive").GetDouble()
                    )
                )
        );
        Assert.All(
            page.EnumerateArray(),
            movie => Assert.DoesNotContain(movie.EnumerateObject(), member => member.Name is "words" or "titleKey" or "importedRating")
        );
    }

    [Fact]
    public async Task Rating_buckets_count_every_movie_once()
    {
        double[] bounds = [0, 4, 6, 8, 10];
        var histogram = await api.Anonymous.GetFromJsonAsync<JsonElement>("/api/analytics/rating-buckets?boundaries=0,4,6,8,10");
        var buckets = histogram.GetProperty("buckets").EnumerateArray().ToList();
        Assert.Equal(4, buckets.Count);
        for (var i = 0; i < 4; i++)
        {
            var within = Imported.Movies.Where(movie => movie.Rating >= bounds[i] && movie.Rating < bounds[i + 1]).ToList();
            Assert.Equal(within.Count, buckets[i].GetProperty("count").GetInt32());
            Assert.Equal(within.Average(movie => movie.Rating!.Value), buckets[i].GetProperty("averageRating").GetDouble(), Tolerance);
        }
        Assert.Equal(Imported.Movies.Count(movie => movie.Rating is null), histogram.GetProperty("other").GetInt32());
    }

    [Fact]
    public async Task Facets_of_a_genre_group_its_movies_four_ways()
    {
        var facets = await api.Anonymous.GetFromJsonAsync<JsonElement>("/api/analytics/facets?genre=western");
        var westerns = Imported.Movies.Where(movie => movie.Genre == "Western").ToList();
        Assert.Equal(westerns.Count, Assert.Single(facets.GetProperty("genres").EnumerateArray()).GetProperty("count").GetInt32());
        Assert.Equal(
            westerns.GroupBy(movie => movie.Year / 10 * 10).OrderBy(group => group.Key).Select(group => (group.Key, group.Count())),
            facets
                .GetProperty("decades")
                .EnumerateArray()
                .Select(decade => (decade.GetProperty("decade").GetInt32(), decade.GetProperty("count").GetInt32()))
        );
        Assert.Equal(
            westerns
                .Where(movie => movie.Rating is not null)
                .GroupBy(movie => Math.Min(4, (int)(movie.Rating!.Value / 2)) * 2)
                .OrderBy(group => group.Key)
                .Select(group => ((double)group.Key, group.Count())),
            facets
                .GetProperty("ratingBands")
                .EnumerateArray()
                .Select(band => (band.GetProperty("from").GetDouble(), band.GetProperty("count").GetInt32()))
        );
        Assert.InRange(facets.GetProperty("distributors").GetArrayLength(), 1, 20);
    }

    [Fact]
    public async Task Every_movie_is_listed_once_and_search_finds_the_best()
    {
        var movie = (await api.Anonymous.GetFromJsonAsync<JsonElement>("/api/movies?search=godfather&sort=-rating&limit=1")).GetProperty(
            "items"
        )[0];
        Assert.Equal(movie.GetProperty("rating").GetDouble(), Best().First().Rating);
        var all = 0;
        string? cursor = null;
        do
        {
            var page = await api.Anonymous.GetFromJsonAsync<JsonElement>($"/api/movies?limit=100&sort=-year&cursor={cursor}");
            all += page.GetProperty("items").GetArrayLength();
            cursor = page.GetProperty("nextCursor").GetString();
        } while (cursor is not null);
        Assert.Equal(3_200, all);
    }

    private static IEnumerable<(string Title, string? Genre, int Year, double? Rating, int Votes)> Best() =>
        Imported
            .Movies.Where(movie => movie.Rating is not null)
            .OrderByDescending(movie => movie.Rating)
            .ThenByDescending(movie => movie.Votes)
            .ThenBy(movie => movie.Title, StringComparer.Ordinal);
}
