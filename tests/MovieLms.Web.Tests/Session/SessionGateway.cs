using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Storage;
using MovieLms.Testing;
using MovieLms.Web.Session;
using MovieLms.Web.Tests.Gateway;

namespace MovieLms.Web.Tests.Session;

/// <summary>Gateways on one database, and a program that plays all services and the API's refresh endpoint.</summary>
internal sealed class SessionGateway : IAsyncDisposable
{
    internal const string UserId = "65f0c0ffee0000000000000a";
    private readonly List<GatewayHost> _gateways = [];
    private readonly ConcurrentQueue<string> _refreshes = new();
    private readonly Dictionary<string, string?> _settings;
    private Backend _backend = null!;

    private SessionGateway(Dictionary<string, string?> settings) => _settings = settings;

    /// <summary>Responds to a refresh; the argument is the number of refreshes so far.</summary>
    internal Func<HttpContext, int, Task> Refresh { get; set; } =
        (context, count) => context.Response.WriteAsJsonAsync(CreateTokens($"refreshed-{count}"));

    /// <summary>The refresh tokens that the API received.</summary>
    internal IReadOnlyList<string> Refreshes => [.. _refreshes];

    internal GatewayHost Gateway => _gateways[0];

    internal IMongoCollection<BsonDocument> Stored =>
        Gateway.Services.GetRequiredService<IMongoDatabase>().GetCollection<BsonDocument>(CollectionNames.ConsoleSessions);

    /// <summary>The requests that a service received, other than refreshes.</summary>
    internal IEnumerable<ReceivedRequest> Received => _backend.Received.Where(request => request.Target != "/api/auth/refresh");

    internal static async Task<SessionGateway> StartAsync(Dictionary<string, string?>? settings = null)
    {
        var all = new Dictionary<string, string?>
        {
            ["ConnectionStrings:mongodb"] = (await BackingServices.GetAsync()).GetMongoConnectionString(BackingServices.CreateName()),
        };
        foreach (var (name, value) in settings ?? [])
            all[name] = value;
        var sessions = new SessionGateway(all);
        sessions._backend = await Backend.StartAsync(sessions.RespondAsync);
        await sessions.AddGatewayAsync();
        return sessions;
    }

    /// <summary>Starts another gateway on the same database.</summary>
    internal async Task<GatewayHost> AddGatewayAsync()
    {
        var services = new[] { "apiservice", "worker", "realtime" }.Select(name => (name, _backend.Address));
        var gateway = await GatewayHost.StartAsync(services, _settings);
        _gateways.Add(gateway);
        return gateway;
    }

    /// <summary>Begins a session as the sign-in page does, and returns the <c>Set-Cookie</c> header.</summary>
    internal async Task<string> SignInAsync(int expiresIn = 600, string? cookie = null)
    {
        var http = CreateContext(cookie);
        await Gateway.Services.GetRequiredService<ConsoleSessions>().BeginAsync(http, CreateTokens("first", expiresIn));
        return http.Response.Headers.SetCookie.Last()!;
    }

    /// <summary>Signs out as the sign-out page does.</summary>
    internal Task SignOutAsync(string cookie) => Gateway.Services.GetRequiredService<ConsoleSessions>().EndAsync(CreateContext(cookie));

    /// <summary>Renders the anti-forgery token of a page for a user.</summary>
    internal (string Cookie, string Header) CreateAntiforgery(string userId = UserId)
    {
        var http = CreateContext(null);
        http.User = new(new System.Security.Claims.ClaimsIdentity([new("sub", userId)], "Session"));
        var tokens = Gateway.Services.GetRequiredService<IAntiforgery>().GetAndStoreTokens(http);
        return (http.Response.Headers.SetCookie.Single()!.Split(';')[0], tokens.RequestToken!);
    }

    /// <summary>Sends a request and returns what the service received.</summary>
    internal async Task<ReceivedRequest> SendAsync(string method, string path, string cookie, params (string Name, string Value)[] headers)
    {
        using var response = await SendToAsync(Gateway, method, path, cookie, headers);
        return Received.Last(request => request.Target == path);
    }

    internal static async Task<HttpResponseMessage> SendToAsync(
        GatewayHost gateway,
        string method,
        string path,
        string? cookie,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (cookie is not null)
            request.Headers.Add("Cookie", cookie);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await gateway.Client.SendAsync(request);
    }

    internal static SessionTokens CreateTokens(string name, int expiresIn = 600) =>
        new(CreateAccessToken(name), $"refresh-token-{name}", expiresIn);

    /// <summary>Creates a token that only a service would reject.</summary>
    internal static string CreateAccessToken(string name)
    {
        return $"{Encode(new { alg = "none" })}.{Encode(new { sub = UserId, name, role = "student" })}.signature";

        static string Encode(object part) => System.Buffers.Text.Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(part));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var gateway in _gateways)
            await gateway.DisposeAsync();
        await _backend.DisposeAsync();
    }

    private DefaultHttpContext CreateContext(string? cookie)
    {
        var http = new DefaultHttpContext { RequestServices = Gateway.Services };
        http.Request.Scheme = "http";
        if (cookie is not null)
            http.Request.Headers.Cookie = cookie;
        return http;
    }

    private async Task RespondAsync(HttpContext context)
    {
        if (context.Request.Path != "/api/auth/refresh")
            return;
        using var body = await JsonDocument.ParseAsync(context.Request.Body);
        _refreshes.Enqueue(body.RootElement.GetProperty("refreshToken").GetString()!);
        await Refresh(context, _refreshes.Count);
    }
}
