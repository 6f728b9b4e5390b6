using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using MovieLms.Testing;

namespace MovieLms.Standalone.Tests;

/// <summary>The endpoints that Standalone adds to the services': the inbox.</summary>
public sealed class StandaloneEndpointTests(StandaloneEndpointTests.Running running) : IClassFixture<StandaloneEndpointTests.Running>
{
    private readonly WebApplication _app = running.App;

    public sealed class Running : IAsyncLifetime
    {
        private DataFolder _folder = null!;
        private EmbeddedBackingServices _backing = null!;

        internal WebApplication App { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            var options = new StandaloneOptions
            {
                Ephemeral = true,
                MongoPort = 0,
                RedisPort = 0,
                SmtpPort = 0,
            };
            _folder = DataFolder.Open(options);
            _backing = await EmbeddedBackingServices.StartAsync(options, BackingKinds.All, _folder, default);
            App = StandaloneHost.Build(StandaloneHost.CreateBuilder(["--urls", "http://127.0.0.1:0"]), _backing, _folder);
            await App.StartAsync();
        }

        public async ValueTask DisposeAsync()
        {
            await App.StopAsync();
            await App.DisposeAsync();
            await _backing.DisposeAsync();
            _folder.Dispose();
        }
    }

    [Fact]
    public void Every_endpoint_requires_a_permission_or_allows_anonymous()
    {
        var routes = ((IEndpointRouteBuilder)_app)
            .DataSources.SelectMany(source => source.Endpoints)
            .OfType<RouteEndpoint>()
            .Select(endpoint => endpoint.RoutePattern.RawText)
            .ToList();
        foreach (var route in new[] { "/mail", "/mail.json", "/mail/{name}", "/api/movies/", "/hubs/chat" })
            Assert.Contains(route, routes);
        Assert.Empty(EndpointAccess.Faults((IEndpointRouteBuilder)_app));
    }

    [Fact]
    public async Task The_inbox_is_local_and_confined_to_its_folder()
    {
        using var client = new HttpClient { BaseAddress = new Uri(_app.Urls.First()) };
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, "/mail"));
        foreach (var path in new[] { "/mail/..%2Fkeys", "/mail/%252e%252e", "/mail/none", "/mail/none/attachments/0" })
            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(client, path));

        // DNS rebinding: a remote page whose host name resolves to this machine.
        client.DefaultRequestHeaders.Host = "evil.example";
        foreach (var path in new[] { "/mail", "/mail.json" })
            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(client, path));
        client.DefaultRequestHeaders.Host = null;

        client.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.9");
        foreach (var path in new[] { "/mail", "/mail.json", "/mail/none" })
            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(client, path));
    }

    [Fact]
    public async Task Links_in_mail_use_the_listen_address()
    {
        using var client = new HttpClient { BaseAddress = new Uri(_app.Urls.First()) };
        using var response = await client.PostAsJsonAsync(
            "/api/auth/register",
            new
            {
                username = "agnes",
                email = "agnes@movielms.example",
                password = "the lighthouse keeps turning",
            }
        );
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        await Eventually.WaitUntilAsync(
            async () =>
                (await client.GetStringAsync("/mail.json")).Contains($"{_app.Urls.First()}/account/verify#", StringComparison.Ordinal),
            "the mail arrived"
        );
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string path)
    {
        using var response = await client.GetAsync(path);
        return response.StatusCode;
    }
}
