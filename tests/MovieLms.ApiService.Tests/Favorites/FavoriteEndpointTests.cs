using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace MovieLms.ApiService.Tests.Favorites;

public sealed class FavoriteEndpointTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task Favorites_belong_to_one_user_are_idempotent_and_listed_newest_first()
    {
        var first = (await api.AddMovieAsync(new { title = "First" })).Id();
        var second = (await api.AddMovieAsync(new { title = "Second" })).Id();
        using var student = api.Student();
        using var other = api.Student();
        foreach (var id in new[] { first, second, second })
            Assert.Equal(HttpStatusCode.NoContent, (await student.PutAsync($"/api/movies/{id}/favorite", null)).StatusCode);

        using var list = await student.GetAsync("/api/auth/me/favorites?limit=1");
        Assert.True(list.Headers.CacheControl?.NoStore);
        var page = await list.JsonAsync();
        Assert.Equal("Second", Assert.Single(page.GetProperty("items").EnumerateArray()).GetProperty("title").GetString());
        var next = await student.GetFromJsonAsync<JsonElement>(
            $"/api/auth/me/favorites?limit=1&cursor={page.GetProperty("nextCursor").GetString()}"
        );
        Assert.Equal("First", Assert.Single(next.GetProperty("items").EnumerateArray()).GetProperty("title").GetString());
        Assert.Equal(JsonValueKind.Null, next.GetProperty("nextCursor").ValueKind);
        Assert.Equal(0, (await other.GetFromJsonAsync<JsonElement>("/api/auth/me/favorites")).GetProperty("items").GetArrayLength());

        for (var i = 0; i < 2; i++)
            Assert.Equal(HttpStatusCode.NoContent, (await student.DeleteAsync($"/api/movies/{second}/favorite")).StatusCode);
        Assert.Equal(1, (await student.GetFromJsonAsync<JsonElement>("/api/auth/me/favorites")).GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task Deleted_movies_are_not_listed_until_they_are_restored()
    {
        var id = (await api.AddMovieAsync(new { title = "Fading" })).Id();
        using var student = api.Student();
        using var admin = api.Admin();
        await student.PutAsync($"/api/movies/{id}/favorite", null);
        await admin.DeleteAsync($"/api/movies/{id}");
        Assert.Equal(0, (await student.GetFromJsonAsync<JsonElement>("/api/auth/me/favorites")).GetProperty("items").GetArrayLength());
        await (await student.PutAsync($"/api/movies/{id}/favorite", null)).AssertProblemAsync(404);
        await admin.PostAsync($"/api/movies/{id}/restore", null);
        Assert.Equal(1, (await student.GetFromJsonAsync<JsonElement>("/api/auth/me/favorites")).GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task The_favorite_and_the_review_of_the_caller_are_found_by_the_movie()
    {
        var id = (await api.AddMovieAsync(new { title = "Mine" })).Id();
        using var student = api.Student();
        using var other = api.Student();
        await student.PutAsync($"/api/movies/{id}/favorite", null);
        using var created = await student.PostAsJsonAsync($"/api/movies/{id}/reviews", new { rating = 7, comment = "Good" });
        using var response = await student.GetAsync($"/api/movies/{id}/me");
        Assert.True(response.Headers.CacheControl?.NoStore);
        var own = await response.JsonAsync();
        Assert.True(own.GetProperty("favorite").GetBoolean());
        Assert.Equal("Good", own.GetProperty("review").GetProperty("comment").GetString());

        var others = await other.GetFromJsonAsync<JsonElement>($"/api/movies/{id}/me");
        Assert.False(others.GetProperty("favorite").GetBoolean());
        Assert.Equal(JsonValueKind.Null, others.GetProperty("review").ValueKind);

        await student.DeleteAsync($"/api/movies/{id}/favorite");
        await student.DeleteAsync(created.Headers.Location);
        Assert.Equal(others.ToString(), (await student.GetFromJsonAsync<JsonElement>($"/api/movies/{id}/me")).ToString());
        await (await student.GetAsync("/api/movies/000000000000000000000000/me")).AssertProblemAsync(404);
    }

    [Fact]
    public async Task Favorites_require_sign_in()
    {
        await (await api.Anonymous.GetAsync("/api/auth/me/favorites")).AssertProblemAsync(401);
        await (await api.Anonymous.GetAsync("/api/movies/000000000000000000000000/me")).AssertProblemAsync(401);
        await (await api.Anonymous.PutAsync("/api/movies/000000000000000000000000/favorite", null)).AssertProblemAsync(401);
    }
}
