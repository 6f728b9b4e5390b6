using System.Net.Http.Json;
using System.Text.Json;
using MongoDB.Bson;
using MovieLms.Data.Storage;

namespace MovieLms.ApiService.Tests.Analytics;

public sealed class AnalyticsEndpointTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task Missing_genres_and_years_form_groups_and_unrated_movies_count_without_a_mean()
    {
        await api.AddMovieAsync(
            new
            {
                title = "G1",
                genre = "Noir",
                rating = 8,
                ratingCount = 1,
                year = 1950,
            }
        );
        await api.AddMovieAsync(
            new
            {
                title = "G2",
                genre = "Noir",
                year = 1950,
            }
        );
        await api.AddMovieAsync(
            new
            {
                title = "G3",
                rating = 9,
                ratingCount = 1,
            }
        );
        await api.AddMovieAsync(new { title = "G4", genre = "Silent" });
        var overview = await api.Anonymous.GetFromJsonAsync<JsonElement>("/api/analytics");
        var genres = overview
            .GetProperty("avgRatingByGenre")
            .EnumerateArray()
            .Select(genre =>
                (
                    genre.GetProperty("genre").GetString(),
                    genre.GetProperty("averageRating").ValueKind,
                    genre.GetProperty("count").GetInt32()
                )
            )
            .ToList();
        Assert.True(
            genres.IndexOf((null, JsonValueKind.Number, 1)) < genres.IndexOf(("Noir", JsonValueKind.Number, 2)),
            string.Join(';', genres)
        );
        Assert.Equal(("Silent", JsonValueKind.Null, 1), genres[^1]);
        var years = overview.GetProperty("moviesByYear").EnumerateArray().ToList();
        Assert.Equal(JsonValueKind.Null, years[0].GetProperty("year").ValueKind);
        Assert.DoesNotContain(
            overview.GetProperty("topRatedMovies").EnumerateArray(),
            movie => movie.GetProperty("title").GetString() == "G4"
        );
    }

    [Fact]
    public async Task Responses_are_cached_until_a_movie_review_or_favorite_is_written()
    {
        var id = (await api.AddMovieAsync(new { title = "Cached", genre = "Heist" })).Id();
        using var student = api.Student();
        foreach (
            var (path, write) in new (string, Func<Task<HttpResponseMessage>>)[]
            {
                ("/api/analytics/ratings-by-genre", () => student.PostAsJsonAsync($"/api/movies/{id}/reviews", new { rating = 7 })),
                ("/api/analytics/favorites", () => student.PutAsync($"/api/movies/{id}/favorite", null)),
                ("/api/analytics", () => student.DeleteAsync($"/api/movies/{id}/favorite")),
                (
                    "/api/analytics/reviewers",
                    async () =>
                    {
                        await api.AddMovieAsync(new { title = "Another" });
                        return new HttpResponseMessage();
                    }
                ),
            }
        )
        {
            await api.Anonymous.GetAsync(path);
            using var hit = await api.Anonymous.GetAsync(path);
            Assert.Equal("HIT", Assert.Single(hit.Headers.GetValues("X-Cache")));
            Assert.True((await write()).IsSuccessStatusCode);
            using var miss = await api.Anonymous.GetAsync(path);
            Assert.Equal("MISS", Assert.Single(miss.Headers.GetValues("X-Cache")));
        }
    }

    [Fact]
    public async Task Reviewers_are_ranked_with_their_names_and_movies()
    {
        var busy = ObjectId.GenerateNewId();
        await api
            .Host.Database.GetCollection<BsonDocument>(CollectionNames.Users)
            .InsertOneAsync(
                new BsonDocument
                {
                    { "_id", busy },
                    { "username", "Pauline" },
                    { "email", "pauline@example.test" },
                    { "emailNormalized", "pauline@example.test" },
                    { "passwordHash", "secret" },
                }
            );
        using var pauline = api.Student(busy);
        for (var i = 0; i < 25; i++)
        {
            var id = (await api.AddMovieAsync(new { title = $"Reviewed {i}" })).Id();
            await pauline.PostAsJsonAsync($"/api/movies/{id}/reviews", new { rating = i % 10 });
        }
        using var response = await api.Anonymous.GetAsync("/api/analytics/reviewers?limit=1");
        var text = await response.Content.ReadAsStringAsync();
        Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
        Assert.DoesNotContain("example.test", text, StringComparison.Ordinal);
        var first = Assert.Single(JsonDocument.Parse(text).RootElement.EnumerateArray());
        Assert.Equal(busy.ToString(), first.GetProperty("userId").GetString());
        Assert.Equal("Pauline", first.GetProperty("username").GetString());
        Assert.Equal(25, first.GetProperty("reviewCount").GetInt32());
        Assert.Equal(Enumerable.Range(0, 25).Average(i => i % 10), first.GetProperty("averageRating").GetDouble(), 1e-9);
        Assert.Equal(20, first.GetProperty("movies").GetArrayLength());
        Assert.Equal("Reviewed 24", first.GetProperty("movies")[0].GetProperty("title").GetString());
    }

    [Theory]
    [InlineData("top-rated?limit=0", "limit")]
    [InlineData("top-rated?skip=-1", "skip")]
    [InlineData("top-rated?minVotes=x", "minVotes")]
    [InlineData("rating-buckets?boundaries=1", "boundaries")]
    [InlineData("rating-buckets?boundaries=2,1", "boundaries")]
    [InlineData("rating-buckets?boundaries=0,NaN", "boundaries")]
    [InlineData("rating-buckets?boundaries=0,1e999", "boundaries")]
    [InlineData("reviewers?limit=51", "limit")]
    public async Task Invalid_parameters_return_400_with_their_names(string path, string field)
    {
        using var response = await api.Anonymous.GetAsync($"/api/analytics/{path}");
        await response.AssertProblemAsync(400, field);
    }
}
