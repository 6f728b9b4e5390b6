using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Web.Session;

namespace MovieLms.Web.Tests.Session;

/// <summary>The cookie and the stored session.</summary>
public sealed class SessionCookieTests
{
    [Fact]
    public async Task Scripts_and_requests_from_other_sites_do_not_get_the_cookie()
    {
        await using var sessions = await SessionGateway.StartAsync();
        var cookie = await sessions.SignInAsync();
        Assert.StartsWith("movielms-session=", cookie);
        foreach (var attribute in (string[])["; httponly", "; samesite=lax", "; path=/"])
            Assert.Contains(attribute, cookie, StringComparison.OrdinalIgnoreCase);
        foreach (var attribute in (string[])["secure", "expires", "max-age", "domain"])
            Assert.DoesNotContain(attribute, cookie, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task The_cookie_belongs_to_one_host_under_HTTPS()
    {
        await using var sessions = await SessionGateway.StartAsync(new() { ["PublicUrl"] = "https://movies.example" });
        var cookie = await sessions.SignInAsync();
        Assert.StartsWith("__Host-movielms-session=", cookie);
        Assert.Contains("; secure", cookie, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task The_database_contains_neither_the_key_nor_the_tokens()
    {
        await using var sessions = await SessionGateway.StartAsync();
        var key = (await sessions.SignInAsync()).Split(';')[0].Split('=')[1];
        var stored = (await sessions.Stored.Find(new BsonDocument()).SingleAsync()).ToBson();
        foreach (var secret in (string[])[key, SessionGateway.CreateAccessToken("first"), "refresh-token"])
            Assert.Equal(-1, stored.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(secret)));
        Assert.True(stored.AsSpan().IndexOf("protectedTokens"u8) > 0);
    }

    [Fact]
    public async Task A_sign_in_replaces_a_planted_key()
    {
        await using var sessions = await SessionGateway.StartAsync();
        var planted = (await sessions.SignInAsync()).Split(';')[0];
        var own = (await sessions.SignInAsync(cookie: planted)).Split(';')[0];
        Assert.NotEqual(planted, own);
        Assert.False((await sessions.SendAsync("GET", "/api/movies", planted)).Headers.ContainsKey("Authorization"));
        Assert.True((await sessions.SendAsync("GET", "/api/movies", own)).Headers.ContainsKey("Authorization"));
    }

    [Fact]
    public async Task A_sign_out_ends_the_session_here_and_at_the_API()
    {
        await using var sessions = await SessionGateway.StartAsync();
        var cookie = (await sessions.SignInAsync()).Split(';')[0];
        await sessions.SendAsync("GET", "/api/movies", cookie);
        await sessions.SignOutAsync(cookie);
        Assert.Equal(0, await sessions.Stored.CountDocumentsAsync(new BsonDocument()));
        var logout = Assert.Single(sessions.Received, request => request.Target == "/api/auth/logout");
        Assert.Equal($"Bearer {SessionGateway.CreateAccessToken("first")}", logout.Headers["Authorization"]);
        Assert.False((await sessions.SendAsync("GET", "/api/movies", cookie)).Headers.ContainsKey("Authorization"));
    }

    [Fact]
    public async Task An_unknown_key_is_removed_from_the_browser()
    {
        await using var sessions = await SessionGateway.StartAsync();
        using var response = await SessionGateway.SendToAsync(sessions.Gateway, "GET", "/", $"movielms-session={new string('A', 43)}");
        var removed = Assert.Single(response.Headers.GetValues("Set-Cookie"), cookie => cookie.StartsWith("movielms-session=;"));
        Assert.Contains("expires=Thu, 01 Jan 1970", removed, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("/", "/")]
    [InlineData("/jobs/recurring?page=2#top", "/jobs/recurring?page=2#top")]
    [InlineData(null, "/")]
    [InlineData("", "/")]
    [InlineData("jobs", "/")]
    [InlineData("//example.org", "/")]
    [InlineData("/\\example.org", "/")]
    [InlineData("/\t/example.org", "/")]
    [InlineData("https://example.org/", "/")]
    [InlineData("javascript:alert(1)", "/")]
    public void Only_local_paths_are_returned_to(string? url, string expected) => Assert.Equal(expected, ReturnUrl.GetLocal(url));
}
