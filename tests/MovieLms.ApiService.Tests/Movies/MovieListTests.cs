using System.Net.Http.Json;
using System.Text.Json;

namespace MovieLms.ApiService.Tests.Movies;

public sealed class MovieListTests(MovieListTests.Catalog api) : IClassFixture<MovieListTests.Catalog>
{
    /// <summary>Movies with ties and gaps in every sort key.</summary>
    public sealed class Catalog : ApiFixture
    {
        public override async ValueTask InitializeAsync()
        {
            await base.InitializeAsync();
            for (var i = 0; i < 23; i++)
            {
                await AddMovieAsync(
                    new
                    {
                        title = i % 4 == 0 ? "Amélie's Return" : $"Film {(char)('A' + (i % 5))}",
                        releaseDate = $"19{50 + i}-01-01",
                        year = i % 3 == 0 ? (int?)null : 1990 + (i % 4),
                        rating = i % 2 == 0 ? (double?)null : 5 + (i % 3 * 0.5),
                        ratingCount = i % 3 * 10,
                        genre = i % 2 == 0 ? "Dráma" : "Comedy",
                        director = new { name = i < 5 ? "Jean-Pierre Jeunet" : "Agnès Varda" },
                    }
                );
            }
        }
    }

    [Theory]
    [InlineData("title")]
    [InlineData("-title")]
    [InlineData("rating")]
    [InlineData("-rating")]
    [InlineData("year")]
    [InlineData("-year")]
    [InlineData("votes")]
    [InlineData("-votes")]
    [InlineData("added")]
    [InlineData("-added")]
    public async Task Pages_contain_every_movie_once_in_order(string sort)
    {
        var pages = await ReadPagesAsync($"sort={sort}&limit=4");
        Assert.Equal(6, pages.Count);
        var movies = pages.SelectMany(page => page).ToList();
        Assert.Equal(23, movies.Select(movie => movie.Id()).Distinct().Count());
        var keys = movies.Select(movie => Key(movie, sort.TrimStart('-'))).ToList();
        var expected = sort[0] == '-' ? keys.OrderDescending(KeyOrder) : keys.Order(KeyOrder);
        Assert.Equal(expected, keys);
    }

    [Theory]
    [InlineData("search=amelie", 6)]
    [InlineData("search=AMÉL ret", 6)]
    [InlineData("search=melie", 0)]
    [InlineData("search=varda a", 18)]
    [InlineData("search=%21%21", 0)]
    [InlineData("search=.*", 0)]
    [InlineData("genre=drama", 12)]
    [InlineData("genre=dram", 0)]
    [InlineData("director=jeunet", 5)]
    [InlineData("director=jean", 5)]
    [InlineData("director=jean&search=film", 3)]
    [InlineData("minRating=6", 3)]
    [InlineData("minRating=0", 11)]
    public async Task Filters_narrow_the_list(string query, int count)
    {
        foreach (var sort in new[] { "title", "-rating", "year" })
            Assert.Equal(count, (await ReadPagesAsync($"{query}&sort={sort}&limit=5")).Sum(page => page.Count));
    }

    [Fact]
    public async Task Year_bounds_are_inclusive_and_exclude_movies_without_a_year()
    {
        var movies = (await ReadPagesAsync("yearFrom=1991&yearTo=1992&sort=-year&limit=3")).SelectMany(page => page).ToList();
        Assert.NotEmpty(movies);
        Assert.All(movies, movie => Assert.InRange(movie.GetProperty("year").GetInt32(), 1991, 1992));
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=101", "limit")]
    [InlineData("limit=ten", "limit")]
    [InlineData("cursor=made-up", "cursor")]
    [InlineData("cursor=e30", "cursor")]
    [InlineData("sort=budget", "sort")]
    [InlineData("sort=", "sort")]
    [InlineData("minRating=NaN", "minRating")]
    [InlineData("minRating=11", "minRating")]
    [InlineData("minRating=Infinity", "minRating")]
    [InlineData("yearFrom=99999999999", "yearFrom")]
    [InlineData("yearFrom=2000&yearTo=1990", "yearTo")]
    public async Task Invalid_parameters_return_400_with_their_names(string query, string field)
    {
        using var response = await api.Anonymous.GetAsync($"/api/movies?{query}");
        await response.AssertProblemAsync(400, field);
    }

    [Fact]
    public async Task A_cursor_of_another_sort_order_returns_400()
    {
        var page = await api.Anonymous.GetFromJsonAsync<JsonElement>("/api/movies?limit=2&sort=title");
        using var response = await api.Anonymous.GetAsync(
            $"/api/movies?limit=2&sort=rating&cursor={page.GetProperty("nextCursor").GetString()}"
        );
        await response.AssertProblemAsync(400, "cursor");
    }

    [Theory]
    [InlineData("", 23)]
    [InlineData("genre=drama", 12)]
    [InlineData("search=film", 17)]
    [InlineData("search=%21%21", 0)]
    public async Task The_total_of_a_list_has_its_filters_and_is_the_same_on_each_page(string query, int count)
    {
        await api.Anonymous.GetAsync($"/api/movies?{query}&limit=4");
        string? cursor = null;
        do
        {
            var page = await api.Anonymous.GetFromJsonAsync<JsonElement>($"/api/movies?{query}&limit=4&count=true&cursor={cursor}");
            Assert.Equal($$"""{"count":{{count}},"isExact":true}""", page.GetProperty("total").GetRawText());
            cursor = page.GetProperty("nextCursor").GetString();
        } while (cursor is not null);
        Assert.False((await api.Anonymous.GetFromJsonAsync<JsonElement>($"/api/movies?{query}&limit=4")).TryGetProperty("total", out _));
    }

    private static readonly Comparer<(double, string)> KeyOrder = Comparer<(double, string)>.Create(
        (a, b) => a.Item1 != b.Item1 ? a.Item1.CompareTo(b.Item1) : string.CompareOrdinal(a.Item2, b.Item2)
    );

    private static (double, string) Key(JsonElement movie, string field) =>
        movie.GetProperty(
            field switch
            {
                "votes" => "ratingCount",
                "added" => "createdAt",
                _ => field,
            }
        ) switch
        {
            { ValueKind: JsonValueKind.Number } number => (number.GetDouble(), ""),
            { ValueKind: JsonValueKind.String } time when field == "added" => (time.GetDateTimeOffset().UtcTicks, ""),
            { ValueKind: JsonValueKind.String } text => (0, text.GetString()!.ToLowerInvariant()),
            _ => (double.MinValue, ""),
        };

    private async Task<List<List<JsonElement>>> ReadPagesAsync(string query)
    {
        var pages = new List<List<JsonElement>>();
        string? cursor = null;
        do
        {
            var page = await api.Anonymous.GetFromJsonAsync<JsonElement>($"/api/movies?{query}&cursor={cursor}");
            pages.Add([.. page.GetProperty("items").EnumerateArray()]);
            cursor = page.GetProperty("nextCursor").GetString();
        } while (cursor is not null);
        return pages;
    }
}
