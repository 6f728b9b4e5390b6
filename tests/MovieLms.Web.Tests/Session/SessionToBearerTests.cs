namespace MovieLms.Web.Tests.Session;

/// <summary>Which requests with the session cookie reach a service with an access token.</summary>
public sealed class SessionToBearerTests
{
    private static readonly string Bearer = $"Bearer {SessionGateway.CreateAccessToken("first")}";

    [Theory]
    [InlineData("GET", "/api/movies", null, null, true)]
    [InlineData("HEAD", "/api/movies", null, null, true)]
    [InlineData("GET", "/api/movies", null, "none", true)]
    [InlineData("GET", "/api/movies", null, "same-origin", true)]
    [InlineData("GET", "/api/movies", null, "same-site", false)]
    [InlineData("GET", "/api/movies", null, "cross-site", false)]
    [InlineData("GET", "/api/movies", "own", null, true)]
    [InlineData("GET", "/api/movies", "https://evil.example", null, false)]
    [InlineData("GET", "/api/movies", "https://evil.example", "same-origin", false)]
    [InlineData("GET", "/api/movies", "null", null, false)]
    [InlineData("POST", "/api/movies", null, null, false)]
    [InlineData("POST", "/api/movies", "own", "same-origin", false)]
    [InlineData("DELETE", "/api/movies/1", "own", "same-origin", false)]
    [InlineData("POST", "/hubs/chat/negotiate", "own", null, true)]
    [InlineData("POST", "/hubs/chat/negotiate", null, "same-origin", true)]
    [InlineData("POST", "/hubs/chat/negotiate", null, null, false)]
    [InlineData("POST", "/hubs/chat/negotiate", "https://evil.example", null, false)]
    [InlineData("GET", "/hubs/chat", "https://evil.example", null, false)]
    [InlineData("GET", "/jobs", null, null, true)]
    [InlineData("POST", "/jobs/recurring/trigger", "own", null, true)]
    [InlineData("POST", "/jobs/recurring/trigger", null, "none", false)]
    [InlineData("POST", "/jobs/recurring/trigger", null, "same-site", false)]
    public async Task Only_requests_of_own_pages_get_the_token(string method, string path, string? origin, string? site, bool expected)
    {
        await using var sessions = await SessionGateway.StartAsync();
        var cookie = (await sessions.SignInAsync()).Split(';')[0];
        List<(string, string)> headers = [];
        if (origin is not null)
            headers.Add(("Origin", origin == "own" ? sessions.Gateway.Address.GetLeftPart(UriPartial.Authority) : origin));
        if (site is not null)
            headers.Add(("Sec-Fetch-Site", site));
        var received = await sessions.SendAsync(method, path, cookie, [.. headers]);
        Assert.Equal(expected ? Bearer : null, received.Headers.GetValueOrDefault("Authorization"));
    }

    [Fact]
    public async Task A_write_needs_the_anti_forgery_header_of_the_visitors_own_page()
    {
        await using var sessions = await SessionGateway.StartAsync();
        var cookie = (await sessions.SignInAsync()).Split(';')[0];
        var own = sessions.CreateAntiforgery();
        var others = sessions.CreateAntiforgery("65f0c0ffee0000000000000b");

        Assert.Equal(Bearer, await SendAsync("POST", own.Cookie, own.Header));
        Assert.Equal(Bearer, await SendAsync("DELETE", own.Cookie, own.Header));
        Assert.Null(await SendAsync("POST", own.Cookie, "made up"));
        Assert.Null(await SendAsync("POST", null, own.Header));
        Assert.Null(await SendAsync("POST", others.Cookie, others.Header));
        Assert.Null(await SendAsync("POST", own.Cookie, own.Header, ("Origin", "https://evil.example")));

        async Task<string?> SendAsync(string method, string? antiforgery, string header, params (string, string)[] others)
        {
            var cookies = antiforgery is null ? cookie : $"{cookie}; {antiforgery}";
            var received = await sessions.SendAsync(method, "/api/movies", cookies, [("X-CSRF-Token", header), .. others]);
            return received.Headers.GetValueOrDefault("Authorization");
        }
    }

    [Fact]
    public async Task Services_do_not_receive_the_cookie_but_receive_others()
    {
        await using var sessions = await SessionGateway.StartAsync();
        var cookie = (await sessions.SignInAsync()).Split(';')[0];
        foreach (var (method, path) in new[] { ("GET", "/api/movies"), ("POST", "/api/movies"), ("GET", "/jobs"), ("GET", "/hubs/chat") })
        {
            var received = await sessions.SendAsync(method, path, $"a=1; {cookie}; movielms-sign-in=x");
            Assert.Equal("a=1; movielms-sign-in=x", received.Headers["Cookie"]);
            // The gateway's own affinity cookie may remain.
            received = await sessions.SendAsync(method, path, cookie);
            Assert.DoesNotContain("movielms-session", received.Headers.GetValueOrDefault("Cookie") ?? "");
        }
    }

    [Fact]
    public async Task The_clients_own_token_is_used_instead_of_the_session()
    {
        await using var sessions = await SessionGateway.StartAsync();
        var cookie = (await sessions.SignInAsync()).Split(';')[0];
        var received = await sessions.SendAsync("GET", "/api/movies", cookie, ("Authorization", "Bearer own"));
        Assert.Equal("Bearer own", received.Headers["Authorization"]);
        Assert.False(received.Headers.ContainsKey("Cookie"));
        received = await sessions.SendAsync("GET", "/hubs/chat?access_token=own", cookie);
        Assert.False(received.Headers.ContainsKey("Authorization"));
    }

    [Fact]
    public async Task Without_the_database_only_sessions_are_unavailable()
    {
        await using var sessions = await SessionGateway.StartAsync(
            new() { ["ConnectionStrings:mongodb"] = "mongodb://127.0.0.1:1/none?serverSelectionTimeoutMS=300" }
        );
        foreach (var path in (string[])["/api/movies", "/"])
        {
            using var anonymous = await SessionGateway.SendToAsync(sessions.Gateway, "GET", path, null);
            Assert.Equal(200, (int)anonymous.StatusCode);
            using var signedIn = await SessionGateway.SendToAsync(sessions.Gateway, "GET", path, $"movielms-session={new string('A', 43)}");
            Assert.Equal(503, (int)signedIn.StatusCode);
            Assert.NotNull(signedIn.Headers.RetryAfter);
        }
        using var health = await SessionGateway.SendToAsync(sessions.Gateway, "GET", "/health", $"movielms-session={new string('A', 43)}");
        Assert.Equal(200, (int)health.StatusCode);
    }
}
