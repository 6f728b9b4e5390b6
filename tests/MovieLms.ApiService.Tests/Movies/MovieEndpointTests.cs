using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace MovieLms.ApiService.Tests.Movies;

public sealed class MovieEndpointTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task Posting_a_movie_returns_it_with_location_and_etag()
    {
        using var client = api.Instructor();
        using var response = await client.PostAsJsonAsync(
            "/api/movies",
            new
            {
                title = "  $9.99 ",
                genre = "Comedy",
                director = new { name = "Tatia Rosenthal", nationality = "Israeli" },
                runtimeMinutes = 78,
                distributor = "Regent",
                mpaaRating = "R",
                gross = new { us = 52384, worldwide = 52384 },
                budget = 5_000_000_000L,
                releaseDate = "2009-06-19",
                rating = 6.8,
                ratingCount = 500,
                id = "ffffffffffffffffffffffff",
                createdAt = "2020-01-01T00:00:00Z",
            }
        );
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var movie = await response.JsonAsync();
        Assert.Equal("$9.99", movie.GetProperty("title").GetString());
        Assert.Equal(2009, movie.GetProperty("year").GetInt32());
        Assert.Equal("2009-06-19", movie.GetProperty("releaseDate").GetString());
        Assert.Equal(6.8, movie.GetProperty("rating").GetDouble());
        Assert.Equal(500, movie.GetProperty("ratingCount").GetInt32());
        Assert.Equal("Israeli", movie.GetProperty("director").GetProperty("nationality").GetString());
        Assert.Equal(52384, movie.GetProperty("gross").GetProperty("worldwide").GetInt64());
        Assert.Equal(5_000_000_000L, movie.GetProperty("budget").GetInt64());
        Assert.NotEqual("ffffffffffffffffffffffff", movie.Id());
        Assert.Equal($"/api/movies/{movie.Id()}", response.Headers.Location?.ToString());
        Assert.StartsWith("\"1-", response.Headers.ETag?.Tag);

        using var read = await api.Anonymous.GetAsync(response.Headers.Location);
        Assert.Equal(movie.GetRawText(), (await read.JsonAsync()).GetRawText());
        Assert.Equal(response.Headers.ETag, read.Headers.ETag);
    }

    [Fact]
    public async Task A_title_is_enough_and_absent_fields_are_null()
    {
        var movie = await api.AddMovieAsync(new { title = "Only a title" });
        foreach (
            var name in new[]
            {
                "genre",
                "year",
                "rating",
                "director",
                "runtimeMinutes",
                "distributor",
                "mpaaRating",
                "gross",
                "budget",
                "releaseDate",
            }
        )
        {
            Assert.Equal(JsonValueKind.Null, movie.GetProperty(name).ValueKind);
        }

        Assert.Equal(0, movie.GetProperty("ratingCount").GetInt32());
    }

    [Theory]
    [InlineData("""{}""", "title")]
    [InlineData("""{"title":null}""", "title")]
    [InlineData("""{"title":"   "}""", "title")]
    [InlineData("""{"title":7}""", "title")]
    [InlineData("""{"title":{"$ne":null}}""", "title")]
    [InlineData("""{"title":"a\u0000b"}""", "title")]
    [InlineData("""{"title":"\ud800"}""", "title")]
    [InlineData("""{"title":"t","year":99999}""", "year")]
    [InlineData("""{"title":"t","year":1e400}""", "year")]
    [InlineData("""{"title":"t","rating":10.5}""", "rating")]
    [InlineData("""{"title":"t","rating":1e400}""", "rating")]
    [InlineData("""{"title":"t","rating":"NaN"}""", "rating")]
    [InlineData("""{"title":"t","ratingCount":-1}""", "ratingCount")]
    [InlineData("""{"title":"t","runtimeMinutes":0}""", "runtimeMinutes")]
    [InlineData("""{"title":"t","budget":-1}""", "budget")]
    [InlineData("""{"title":"t","gross":{"us":-1}}""", "gross.us")]
    [InlineData("""{"title":"t","gross":5}""", "gross")]
    [InlineData("""{"title":"t","director":{"name":"\u0001"}}""", "director.name")]
    [InlineData("""{"title":"t","releaseDate":"tomorrow"}""", "releaseDate")]
    [InlineData("""{"title":"t",""", "body")]
    [InlineData("""[]""", "body")]
    [InlineData("""null""", "body")]
    [InlineData("", "body")]
    public async Task Invalid_input_returns_400_with_the_field_name(string body, string field)
    {
        using var client = api.Instructor();
        using var response = await client.PostAsync("/api/movies", new StringContent(body, null, "application/json"));
        await response.AssertProblemAsync(400, field);
    }

    [Fact]
    public async Task A_title_that_is_too_long_returns_400()
    {
        using var client = api.Instructor();
        using var response = await client.PostAsJsonAsync("/api/movies", new { title = new string('x', 301) });
        await response.AssertProblemAsync(400, "title");
    }

    [Fact]
    public async Task A_body_that_is_too_large_returns_413()
    {
        using var client = api.Instructor();
        // The server responds without reading the body, so a client that keeps sending may see a broken connection instead.
        client.DefaultRequestHeaders.ExpectContinue = true;
        using var response = await client.PostAsJsonAsync("/api/movies", new { title = new string('x', 2_000_000) });
        await response.AssertProblemAsync(413);
    }

    [Fact]
    public async Task An_unsupported_content_type_returns_415()
    {
        using var client = api.Instructor();
        using var response = await client.PostAsync("/api/movies", new StringContent("title=x", null, "application/x-www-form-urlencoded"));
        await response.AssertProblemAsync(415);
    }

    [Fact]
    public async Task The_same_title_and_release_date_return_409_and_another_date_does_not()
    {
        await api.AddMovieAsync(new { title = "Twice", releaseDate = "1999-01-01" });
        await api.AddMovieAsync(new { title = "Twice", releaseDate = "2001-01-01" });
        using var client = api.Instructor();
        using var again = await client.PostAsJsonAsync("/api/movies", new { title = "Twice", releaseDate = "1999-01-01" });
        await again.AssertProblemAsync(409);
    }

    [Fact]
    public async Task Writes_require_a_permission()
    {
        var id = (await api.AddMovieAsync(new { title = "Guarded" })).Id();
        using var student = api.Student();
        using var instructor = api.Instructor();
        var body = new { title = "Other" };
        await (await api.Anonymous.PostAsJsonAsync("/api/movies", body)).AssertProblemAsync(401);
        await (await student.PostAsJsonAsync("/api/movies", body)).AssertProblemAsync(403);
        await (await student.PutAsJsonAsync($"/api/movies/{id}", body)).AssertProblemAsync(403);
        await (await student.DeleteAsync($"/api/movies/{id}")).AssertProblemAsync(403);
        await (await instructor.PostAsync($"/api/movies/{id}/restore", null)).AssertProblemAsync(403);
    }

    [Fact]
    public async Task Put_replaces_all_fields_except_the_rating_and_honors_if_match()
    {
        var id = (
            await api.AddMovieAsync(
                new
                {
                    title = "Before",
                    genre = "Drama",
                    rating = 7.5,
                    ratingCount = 10,
                    gross = new { us = 1 },
                }
            )
        ).Id();
        using var client = api.Instructor();
        using var stale = await PutAsync(client, id, new { title = "After" }, "\"9\"");
        await stale.AssertProblemAsync(412);
        using var malformed = await PutAsync(client, id, new { title = "After" }, "seven");
        await malformed.AssertProblemAsync(400, "If-Match");
        using var done = await PutAsync(
            client,
            id,
            new
            {
                title = "After",
                year = 2000,
                rating = 1,
                ratingCount = 1,
            },
            "\"1\""
        );
        Assert.Equal(HttpStatusCode.OK, done.StatusCode);
        Assert.StartsWith("\"2-", done.Headers.ETag?.Tag);
        var movie = await done.JsonAsync();
        Assert.Equal("After", movie.GetProperty("title").GetString());
        Assert.Equal(JsonValueKind.Null, movie.GetProperty("genre").ValueKind);
        Assert.Equal(JsonValueKind.Null, movie.GetProperty("gross").ValueKind);
        Assert.Equal(7.5, movie.GetProperty("rating").GetDouble());
        Assert.Equal(10, movie.GetProperty("ratingCount").GetInt32());
        using var any = await PutAsync(client, id, new { title = "Again" }, "*");
        Assert.Equal(HttpStatusCode.OK, any.StatusCode);
        var found = await api.Anonymous.GetFromJsonAsync<JsonElement>("/api/movies?search=before");
        Assert.DoesNotContain(found.GetProperty("items").EnumerateArray(), item => item.Id() == id);
    }

    [Fact]
    public async Task Get_with_the_current_etag_returns_304()
    {
        var id = (await api.AddMovieAsync(new { title = "Known" })).Id();
        using var first = await api.Anonymous.GetAsync($"/api/movies/{id}");
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/movies/{id}");
        request.Headers.TryAddWithoutValidation("If-None-Match", $"\"7\", W/{first.Headers.ETag}");
        using var response = await api.Anonymous.SendAsync(request);
        Assert.Equal(HttpStatusCode.NotModified, response.StatusCode);
        Assert.Equal(first.Headers.ETag, response.Headers.ETag);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task A_deleted_movie_is_not_found_until_an_admin_restores_it()
    {
        var id = (await api.AddMovieAsync(new { title = "Phoenix" })).Id();
        using var instructor = api.Instructor();
        using var admin = api.Admin();
        Assert.Equal(HttpStatusCode.NoContent, (await instructor.DeleteAsync($"/api/movies/{id}")).StatusCode);
        await (await api.Anonymous.GetAsync($"/api/movies/{id}")).AssertProblemAsync(404);
        await (await instructor.DeleteAsync($"/api/movies/{id}")).AssertProblemAsync(404);
        await (await instructor.PutAsJsonAsync($"/api/movies/{id}", new { title = "x" })).AssertProblemAsync(404);
        await (await instructor.PostAsJsonAsync("/api/movies", new { title = "Phoenix" })).AssertProblemAsync(409);
        var list = await api.Anonymous.GetFromJsonAsync<JsonElement>("/api/movies?search=phoenix");
        Assert.Equal(0, list.GetProperty("items").GetArrayLength());
        using var restored = await admin.PostAsync($"/api/movies/{id}/restore", null);
        Assert.Equal(HttpStatusCode.OK, restored.StatusCode);
        using var again = await admin.PostAsync($"/api/movies/{id}/restore", null);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await api.Anonymous.GetAsync($"/api/movies/{id}")).StatusCode);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("000000000000000000000000")]
    [InlineData("00000000000000000000000g")]
    [InlineData("%7B%22$ne%22:1%7D")]
    public async Task Unknown_and_malformed_ids_return_404(string id)
    {
        using var admin = api.Admin();
        await (await admin.GetAsync($"/api/movies/{id}")).AssertProblemAsync(404);
        await (await admin.PutAsJsonAsync($"/api/movies/{id}", new { title = "x" })).AssertProblemAsync(404);
        await (await admin.DeleteAsync($"/api/movies/{id}")).AssertProblemAsync(404);
        await (await admin.PostAsync($"/api/movies/{id}/restore", null)).AssertProblemAsync(404);
        await (await admin.PutAsync($"/api/movies/{id}/favorite", null)).AssertProblemAsync(404);
        await (await admin.GetAsync($"/api/movies/{id}/reviews")).AssertProblemAsync(404);
        await (await admin.PostAsJsonAsync($"/api/movies/{id}/reviews", new { rating = 5 })).AssertProblemAsync(404);
    }

    private static Task<HttpResponseMessage> PutAsync(HttpClient client, string id, object body, string ifMatch)
    {
        var request = new HttpRequestMessage(HttpMethod.Put, $"/api/movies/{id}") { Content = JsonContent.Create(body) };
        request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        return client.SendAsync(request);
    }
}
