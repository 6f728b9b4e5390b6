using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using MongoDB.Bson;
using MovieLms.Data.Movies;
using MovieLms.Data.Reviews;

namespace MovieLms.ApiService.Tests.Reviews;

public sealed class ReviewEndpointTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task The_ratings_of_a_movie_are_counted_in_bands_of_one_point()
    {
        var id = (await api.AddMovieAsync(new { title = "Divisive" })).Id();
        foreach (var rating in new[] { 0, 7, 7.9, 8, 9, 10 })
        {
            using var student = api.Student();
            (await student.PostAsJsonAsync($"/api/movies/{id}/reviews", new { rating })).EnsureSuccessStatusCode();
        }
        using var other = api.Student();
        using var deleted = await other.PostAsJsonAsync($"/api/movies/{id}/reviews", new { rating = 5 });
        await other.DeleteAsync(deleted.Headers.Location);

        var ratings = await api.Anonymous.GetFromJsonAsync<JsonElement>($"/api/movies/{id}/ratings");
        Assert.Equal(6, ratings.GetProperty("reviews").GetInt32());
        var bands = ratings.GetProperty("bands").EnumerateArray().ToList();
        Assert.Equal([1, 0, 0, 0, 0, 0, 0, 2, 1, 2], bands.Select(band => band.GetProperty("count").GetInt32()));
        Assert.Equal((9, 10), (bands[^1].GetProperty("from").GetInt32(), bands[^1].GetProperty("to").GetInt32()));
        await (await api.Anonymous.GetAsync("/api/movies/000000000000000000000000/ratings")).AssertProblemAsync(404);
    }

    [Fact]
    public async Task Reviews_and_the_imported_rating_are_combined_by_weight()
    {
        var id = (
            await api.AddMovieAsync(
                new
                {
                    title = "Weighted",
                    rating = 8.0,
                    ratingCount = 3,
                }
            )
        ).Id();
        using var student = api.Student();
        using var response = await student.PostAsJsonAsync(
            $"/api/movies/{id}/reviews",
            new
            {
                rating = 4,
                comment = " Slow.\nBut good. ",
                movieId = "x",
                userId = "y",
            }
        );
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var review = await response.JsonAsync();
        Assert.Equal(4, review.GetProperty("rating").GetDouble());
        Assert.Equal("Slow.\nBut good.", review.GetProperty("comment").GetString());
        Assert.Equal(id, review.GetProperty("movieId").GetString());
        Assert.Equal(HttpStatusCode.OK, (await student.GetAsync(response.Headers.Location)).StatusCode);
        await AssertRatingAsync(id, 7.0, 4);

        using var changed = await student.PutAsJsonAsync($"/api/movies/{id}/reviews/{review.Id()}", new { rating = 8 });
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        await AssertRatingAsync(id, 8.0, 4);

        Assert.Equal(HttpStatusCode.NoContent, (await student.DeleteAsync($"/api/movies/{id}/reviews/{review.Id()}")).StatusCode);
        await AssertRatingAsync(id, 8.0, 3);
        await (await student.DeleteAsync($"/api/movies/{id}/reviews/{review.Id()}")).AssertProblemAsync(404);

        using var recreated = await student.PostAsJsonAsync($"/api/movies/{id}/reviews", new { rating = 0 });
        Assert.Equal(HttpStatusCode.Created, recreated.StatusCode);
        Assert.Equal(JsonValueKind.Null, (await recreated.JsonAsync()).GetProperty("comment").ValueKind);
        await AssertRatingAsync(id, 6.0, 4);
    }

    [Fact]
    public async Task A_second_review_of_a_movie_by_one_user_returns_409()
    {
        var id = (await api.AddMovieAsync(new { title = "Once" })).Id();
        using var student = api.Student();
        Assert.Equal(HttpStatusCode.Created, (await student.PostAsJsonAsync($"/api/movies/{id}/reviews", new { rating = 5 })).StatusCode);
        await (await student.PostAsJsonAsync($"/api/movies/{id}/reviews", new { rating = 6 })).AssertProblemAsync(409);
        await AssertRatingAsync(id, 5.0, 1);
    }

    [Fact]
    public async Task Fifty_concurrent_reviews_produce_the_exact_mean_and_one_review_per_user()
    {
        var id = (
            await api.AddMovieAsync(
                new
                {
                    title = "Contested",
                    rating = 6.4,
                    ratingCount = 7,
                }
            )
        ).Id();
        var responses = await Task.WhenAll(
            Enumerable
                .Range(0, 50)
                .Select(async i =>
                {
                    using var student = api.Student();
                    // Each user sends two concurrent requests, and one of them must fail.
                    var pair = await Task.WhenAll(
                        student.PostAsJsonAsync($"/api/movies/{id}/reviews", new { rating = i * 2 / 10.0 }),
                        student.PostAsJsonAsync($"/api/movies/{id}/reviews", new { rating = i * 2 / 10.0 })
                    );
                    return pair.Select(response => (int)response.StatusCode).Order().ToArray();
                })
        );
        Assert.All(responses, pair => Assert.Equal([201, 409], pair));
        await AssertRatingAsync(id, ((6.4 * 7) + (Enumerable.Range(0, 50).Sum(i => i * 2) / 10.0)) / 57, 57);
    }

    [Fact]
    public async Task Only_the_author_and_admins_can_change_a_review()
    {
        var id = (await api.AddMovieAsync(new { title = "Owned" })).Id();
        using var author = api.Student();
        using var other = api.Student();
        using var instructor = api.Instructor();
        using var admin = api.Admin();
        var review = await (await author.PostAsJsonAsync($"/api/movies/{id}/reviews", new { rating = 5, comment = "mine" })).JsonAsync();
        var path = $"/api/movies/{id}/reviews/{review.Id()}";
        await (await other.PutAsJsonAsync(path, new { rating = 1 })).AssertProblemAsync(403);
        await (await instructor.DeleteAsync(path)).AssertProblemAsync(403);
        await (await other.DeleteAsync($"/api/movies/{id}/reviews/{ObjectId.GenerateNewId()}")).AssertProblemAsync(404);
        await (await api.Anonymous.DeleteAsync(path)).AssertProblemAsync(401);
        using var stale = new HttpRequestMessage(HttpMethod.Put, path) { Content = JsonContent.Create(new { rating = 2 }) };
        stale.Headers.TryAddWithoutValidation("If-Match", "\"5\"");
        await (await author.SendAsync(stale)).AssertProblemAsync(412);
        Assert.Equal(HttpStatusCode.NoContent, (await admin.DeleteAsync(path)).StatusCode);
    }

    [Theory]
    [InlineData("""{}""", "rating")]
    [InlineData("""{"rating":11}""", "rating")]
    [InlineData("""{"rating":-0.1}""", "rating")]
    [InlineData("""{"rating":7.25}""", "rating")]
    [InlineData("""{"rating":"5"}""", "rating")]
    [InlineData("""{"rating":{"$gt":1}}""", "rating")]
    [InlineData("""{"rating":5,"comment":"\u0000"}""", "comment")]
    public async Task An_invalid_review_returns_400_with_the_field_name(string body, string field)
    {
        var id = (await api.AddMovieAsync(new { title = "Bad " + Guid.NewGuid() })).Id();
        using var student = api.Student();
        using var response = await student.PostAsync($"/api/movies/{id}/reviews", new StringContent(body, null, "application/json"));
        await response.AssertProblemAsync(400, field);
    }

    [Fact]
    public async Task Reviews_are_listed_newest_first_in_pages()
    {
        var id = (await api.AddMovieAsync(new { title = "Listed" })).Id();
        for (var i = 0; i < 5; i++)
        {
            using var student = api.Student();
            await student.PostAsJsonAsync($"/api/movies/{id}/reviews", new { rating = i });
        }
        using var reader = api.Student();
        var ratings = new List<double>();
        string? cursor = null;
        do
        {
            var page = await reader.GetFromJsonAsync<JsonElement>($"/api/movies/{id}/reviews?limit=2&cursor={cursor}");
            ratings.AddRange(page.GetProperty("items").EnumerateArray().Select(review => review.GetProperty("rating").GetDouble()));
            cursor = page.GetProperty("nextCursor").GetString();
        } while (cursor is not null);
        Assert.Equal([4, 3, 2, 1, 0], ratings);
    }

    [Fact]
    public async Task The_repair_corrects_a_rating_after_a_crash_between_review_and_movie()
    {
        var movie = await api.AddMovieAsync(
            new
            {
                title = "Crashed",
                rating = 6,
                ratingCount = 1,
            }
        );
        var untouched = await api.AddMovieAsync(new { title = "Sound" });
        using var student = api.Student();
        await student.PostAsJsonAsync($"/api/movies/{movie.Id()}/reviews", new { rating = 8 });
        await student.PostAsJsonAsync($"/api/movies/{untouched.Id()}/reviews", new { rating = 8 });
        await api
            .Host.Database.GetCollection<BsonDocument>(MovieEntity.Collection)
            .UpdateOneAsync(
                new BsonDocument("_id", ObjectId.Parse(movie.Id())),
                new BsonDocument(
                    "$set",
                    new BsonDocument
                    {
                        { "reviewTenths", 0L },
                        { "reviewCount", 0L },
                        { "rating", 6.0 },
                    }
                )
            );
        var repair = api.Host.App.Services.GetRequiredService<ReviewRepair>();
        Assert.Equal(0, await repair.RunAsync(TimeSpan.FromHours(1), default));
        Assert.Equal(1, await repair.RunAsync(TimeSpan.Zero, default));
        await AssertRatingAsync(movie.Id(), 7.0, 2);
    }

    private async Task AssertRatingAsync(string id, double rating, int count)
    {
        var movie = await api.Anonymous.GetFromJsonAsync<JsonElement>($"/api/movies/{id}");
        Assert.Equal(rating, movie.GetProperty("rating").GetDouble(), 1e-12);
        Assert.Equal(count, movie.GetProperty("ratingCount").GetInt32());
    }
}
