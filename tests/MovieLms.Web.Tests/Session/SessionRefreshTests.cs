using Microsoft.AspNetCore.Http;
using MongoDB.Bson;
using MongoDB.Driver;

namespace MovieLms.Web.Tests.Session;

/// <summary>Refreshes of the access token of a session.</summary>
public sealed class SessionRefreshTests
{
    /// <summary>The token of these sessions has expired, so the first request must wait for the refresh.</summary>
    private const int Expired = 0;

    [Fact]
    public async Task Requests_to_all_replicas_refresh_a_session_once()
    {
        await using var sessions = await SessionGateway.StartAsync();
        var second = await sessions.AddGatewayAsync();
        var cookie = (await sessions.SignInAsync(Expired)).Split(';')[0];
        var usual = sessions.Refresh;
        sessions.Refresh = async (context, count) =>
        {
            await Task.Delay(500);
            await usual(context, count);
        };
        var requests = Enumerable
            .Range(0, 20)
            .Select(i => SessionGateway.SendToAsync(i % 2 == 0 ? sessions.Gateway : second, "GET", "/api/movies", cookie));
        foreach (var response in await Task.WhenAll(requests))
            response.Dispose();
        Assert.Equal(["refresh-token-first"], sessions.Refreshes);
        var received = sessions.Received.ToList();
        Assert.Equal(20, received.Count);
        Assert.All(received, request => Assert.Equal(BearerOf("refreshed-1"), request.Headers["Authorization"]));
    }

    [Fact]
    public async Task A_valid_token_is_used_until_it_is_due()
    {
        await using var sessions = await SessionGateway.StartAsync();
        var cookie = (await sessions.SignInAsync()).Split(';')[0];
        await sessions.SendAsync("GET", "/api/movies", cookie);
        Assert.Empty(sessions.Refreshes);
    }

    [Fact]
    public async Task The_next_refresh_uses_the_new_refresh_token()
    {
        await using var sessions = await SessionGateway.StartAsync();
        sessions.Refresh = (context, count) =>
            context.Response.WriteAsJsonAsync(SessionGateway.CreateTokens($"refreshed-{count}", Expired));
        var cookie = (await sessions.SignInAsync(Expired)).Split(';')[0];
        await sessions.SendAsync("GET", "/api/movies", cookie);
        await sessions.SendAsync("GET", "/api/movies", cookie);
        Assert.Equal(["refresh-token-first", "refresh-token-refreshed-1"], sessions.Refreshes);
    }

    [Fact]
    public async Task A_rejected_refresh_token_ends_the_session()
    {
        await using var sessions = await SessionGateway.StartAsync();
        sessions.Refresh = (context, _) =>
        {
            context.Response.StatusCode = 401;
            return Task.CompletedTask;
        };
        var cookie = (await sessions.SignInAsync(Expired)).Split(';')[0];
        Assert.False((await sessions.SendAsync("GET", "/api/movies", cookie)).Headers.ContainsKey("Authorization"));
        Assert.Equal(0, await sessions.Stored.CountDocumentsAsync(new BsonDocument()));
        using var page = await SessionGateway.SendToAsync(sessions.Gateway, "GET", "/", cookie);
        Assert.Equal(200, (int)page.StatusCode);
        Assert.Contains(page.Headers.GetValues("Set-Cookie"), header => header.StartsWith("movielms-session=;"));
    }

    [Fact]
    public async Task A_lost_response_is_requested_again_with_the_same_token()
    {
        await using var sessions = await SessionGateway.StartAsync();
        var usual = sessions.Refresh;
        sessions.Refresh = (context, count) =>
        {
            if (count > 1)
                return usual(context, count);
            context.Abort();
            return Task.CompletedTask;
        };
        var cookie = (await sessions.SignInAsync(Expired)).Split(';')[0];
        var received = await sessions.SendAsync("GET", "/api/movies", cookie);
        Assert.Equal(BearerOf("refreshed-2"), received.Headers["Authorization"]);
        Assert.Equal(["refresh-token-first", "refresh-token-first"], sessions.Refreshes);
    }

    [Fact]
    public async Task An_unavailable_API_does_not_end_the_session()
    {
        await using var sessions = await SessionGateway.StartAsync();
        var usual = sessions.Refresh;
        sessions.Refresh = (context, _) =>
        {
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        };
        // Due for a refresh after 3 s of 4.
        var cookie = (await sessions.SignInAsync(4)).Split(';')[0];
        await Task.Delay(TimeSpan.FromMilliseconds(3_100));
        var received = await sessions.SendAsync("GET", "/api/movies", cookie);
        Assert.Equal(BearerOf("first"), received.Headers["Authorization"]);
        Assert.Single(sessions.Refreshes);
        // The lease of the failed attempt expires, and the token too.
        await Task.Delay(TimeSpan.FromSeconds(6));
        sessions.Refresh = usual;
        received = await sessions.SendAsync("GET", "/api/movies", cookie);
        Assert.Equal(BearerOf("refreshed-2"), received.Headers["Authorization"]);
    }

    private static string BearerOf(string name) => $"Bearer {SessionGateway.CreateAccessToken(name)}";
}
