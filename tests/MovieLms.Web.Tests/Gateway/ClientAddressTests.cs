using System.Net;
using System.Net.Http.Json;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using MovieLms.Testing;

namespace MovieLms.Web.Tests.Gateway;

/// <summary>The gateway determines the client's address, which decides about local access and is forwarded to the services.</summary>
public sealed class ClientAddressTests
{
    private static readonly Dictionary<string, string?> BehindProxy = new() { ["ForwardedHeaders:Proxies:0"] = "127.0.0.1" };

    [Theory]
    [InlineData("Development", "203.0.113.9", false)]
    [InlineData("Development", "127.0.0.1", true)]
    [InlineData("Production", "127.0.0.1", false)]
    public async Task Only_local_clients_in_development_see_health_details_and_mail(string environment, string client, bool isLocal)
    {
        await using var backend = await Backend.StartAsync();
        await using var gateway = await GatewayHost.StartAsync(
            [("apiservice", backend.Address), ("worker", backend.Address), ("realtime", backend.Address), ("mail", backend.Address)],
            BehindProxy,
            environment
        );
        using var health = await GetAsync(gateway, "/health", client);
        var text = await health.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        if (isLocal)
            Assert.Contains("\"worker\"", text, StringComparison.Ordinal);
        else
            Assert.Equal("""{"status":"Healthy"}""", text);
        foreach (var path in new[] { "/mail", "/mail.json" })
        {
            using var mail = await GetAsync(gateway, path, client);
            Assert.Equal(isLocal ? HttpStatusCode.OK : HttpStatusCode.NotFound, mail.StatusCode);
        }
        using var start = await GetAsync(gateway, "/", client);
        Assert.Equal(isLocal, (await start.Content.ReadAsStringAsync()).Contains("/mail", StringComparison.Ordinal));
    }

    /// <summary>Connects over the network instead of loopback.</summary>
    [Fact]
    public async Task A_remote_client_with_forged_headers_gets_neither_details_nor_mail()
    {
        await using var backend = await Backend.StartAsync();
        var settings = new Dictionary<string, string?> { ["urls"] = "http://0.0.0.0:0" };
        await using var gateway = await GatewayHost.StartAsync(
            [("apiservice", backend.Address), ("worker", backend.Address), ("realtime", backend.Address), ("mail", backend.Address)],
            settings
        );
        using var client = new HttpClient { BaseAddress = new Uri($"http://{GetNetworkAddress()}:{gateway.Address.Port}") };
        foreach (var header in new[] { null, "X-Forwarded-For", "X-Real-IP", "Forwarded", "X-Original-For" })
        {
            foreach (var (path, expected) in new[] { ("/health", HttpStatusCode.OK), ("/mail", HttpStatusCode.NotFound) })
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Host = "localhost" } };
                if (header is not null)
                    request.Headers.Add(header, "127.0.0.1");
                using var response = await client.SendAsync(request);
                Assert.Equal(expected, response.StatusCode);
                Assert.DoesNotContain("checks", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            }
        }
        Assert.DoesNotContain(backend.Received, request => request.Target.StartsWith("/mail", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_page_cannot_read_mail_by_DNS_rebinding()
    {
        await using var backend = await Backend.StartAsync();
        await using var gateway = await GatewayHost.StartAsync([("mail", backend.Address)]);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/mail.json") { Headers = { Host = "attacker.example" } };
        Assert.Equal(HttpStatusCode.NotFound, (await gateway.Client.SendAsync(request)).StatusCode);
        Assert.Empty(backend.Received);
    }

    [Fact]
    public async Task The_gateways_own_requests_forward_the_client_address()
    {
        await using var api = await Backend.StartAsync(context => context.Response.WriteAsJsonAsync(new { role = "admin" }));
        await using var gateway = await GatewayHost.StartAsync([("apiservice", api.Address), ("mail", api.Address)], BehindProxy);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/mail");
        request.Headers.Add("X-Forwarded-For", "203.0.113.9");
        request.Headers.Authorization = new("Bearer", "x");
        Assert.Equal(HttpStatusCode.OK, (await gateway.Client.SendAsync(request)).StatusCode);
        Assert.Equal("203.0.113.9", api.Received.Single(received => received.Target == "/api/auth/me").Headers["X-Forwarded-For"]);
    }

    [Fact]
    public async Task Failed_sign_ins_of_30_clients_do_not_block_the_31st()
    {
        await using var api = await ServiceHost.StartAsync(
            new ServiceHostOptions
            {
                Services = Services.Api,
                Settings = new Dictionary<string, string?>(BehindProxy) { ["RateLimits:LoginAddress:Permits"] = "1" },
            }
        );
        await using var gateway = await GatewayHost.StartAsync([("apiservice", api.Address.ToString())], BehindProxy);
        var user = await api.SignInStudentAsync();
        for (var client = 1; client <= 30; client++)
            Assert.Equal(HttpStatusCode.Unauthorized, await LogInAsync($"203.0.113.{client}", TestUsers.NewEmail(), "not the password"));
        Assert.Equal(HttpStatusCode.OK, await LogInAsync("203.0.113.31", user.Email, user.Password));
        Assert.Equal(HttpStatusCode.TooManyRequests, await LogInAsync("203.0.113.30", user.Email, user.Password));

        async Task<HttpStatusCode> LogInAsync(string address, string email, string password)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/auth/login")
            {
                Content = JsonContent.Create(new { email, password }),
            };
            request.Headers.Add("X-Forwarded-For", address);
            return (await gateway.Client.SendAsync(request)).StatusCode;
        }
    }

    private static Task<HttpResponseMessage> GetAsync(GatewayHost gateway, string path, string client)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("X-Forwarded-For", client);
        request.Headers.Add("X-Forwarded-Proto", "https");
        return gateway.Client.SendAsync(request);
    }

    private static IPAddress GetNetworkAddress() =>
        NetworkInterface
            .GetAllNetworkInterfaces()
            .Where(network => network.OperationalStatus == OperationalStatus.Up)
            .SelectMany(network => network.GetIPProperties().UnicastAddresses)
            .Select(unicast => unicast.Address)
            .First(address => address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(address));
}
