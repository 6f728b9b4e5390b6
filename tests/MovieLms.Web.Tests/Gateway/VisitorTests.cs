using System.Net;
using System.Net.Http.Json;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using MovieLms.Testing;

namespace MovieLms.Web.Tests.Gateway;

/// <summary>The gateway alone decides who is local, and services learn from it who asks.</summary>
public sealed class VisitorTests
{
    private static readonly Dictionary<string, string?> BehindProxy = new() { ["ForwardedHeaders:Proxies:0"] = "127.0.0.1" };

    [Theory]
    [InlineData("Development", "203.0.113.9", false)]
    [InlineData("Development", "127.0.0.1", true)]
    [InlineData("Production", "127.0.0.1", false)]
    public async Task Details_of_the_health_and_caught_mail_are_for_this_machine_in_development(
        string environment,
        string visitor,
        bool isLocal
    )
    {
        await using var backend = await Backend.StartAsync();
        await using var gateway = await GatewayHost.StartAsync(
            [("apiservice", backend.Address), ("worker", backend.Address), ("realtime", backend.Address), ("mail", backend.Address)],
            BehindProxy,
            environment
        );
        using var health = await GetAsync(gateway, "/health", visitor);
        var text = await health.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        if (isLocal)
            Assert.Contains("\"worker\"", text, StringComparison.Ordinal);
        else
            Assert.Equal("""{"status":"Healthy"}""", text);
        foreach (var path in new[] { "/mail", "/mail.json" })
        {
            using var mail = await GetAsync(gateway, path, visitor);
            Assert.Equal(isLocal ? HttpStatusCode.OK : HttpStatusCode.NotFound, mail.StatusCode);
        }
        using var start = await GetAsync(gateway, "/", visitor);
        Assert.Equal(isLocal, (await start.Content.ReadAsStringAsync()).Contains("/mail", StringComparison.Ordinal));
    }

    /// <summary>A connection over the network, to the same gateway that serves this machine.</summary>
    [Fact]
    public async Task A_client_from_outside_gets_neither_whatever_it_claims()
    {
        await using var backend = await Backend.StartAsync();
        var settings = new Dictionary<string, string?> { ["urls"] = "http://0.0.0.0:0" };
        await using var gateway = await GatewayHost.StartAsync(
            [("apiservice", backend.Address), ("worker", backend.Address), ("realtime", backend.Address), ("mail", backend.Address)],
            settings
        );
        using var client = new HttpClient { BaseAddress = new Uri($"http://{OwnAddress()}:{gateway.Address.Port}") };
        foreach (var claim in new[] { null, "X-Forwarded-For", "X-Real-IP", "Forwarded", "X-Original-For" })
        {
            foreach (var (path, expected) in new[] { ("/health", HttpStatusCode.OK), ("/mail", HttpStatusCode.NotFound) })
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Host = "localhost" } };
                if (claim is not null)
                    request.Headers.Add(claim, "127.0.0.1");
                using var response = await client.SendAsync(request);
                Assert.Equal(expected, response.StatusCode);
                Assert.DoesNotContain("checks", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            }
        }
        Assert.DoesNotContain(backend.Received, request => request.Target.StartsWith("/mail", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_page_that_points_its_name_at_this_machine_reads_no_mail()
    {
        await using var backend = await Backend.StartAsync();
        await using var gateway = await GatewayHost.StartAsync([("mail", backend.Address)]);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/mail.json") { Headers = { Host = "attacker.example" } };
        Assert.Equal(HttpStatusCode.NotFound, (await gateway.Client.SendAsync(request)).StatusCode);
        Assert.Empty(backend.Received);
    }

    [Fact]
    public async Task Requests_that_the_gateway_makes_itself_name_the_visitor()
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
    public async Task Thirty_visitors_who_fail_to_sign_in_through_the_gateway_do_not_block_a_31st()
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
        for (var visitor = 1; visitor <= 30; visitor++)
            Assert.Equal(HttpStatusCode.Unauthorized, await LogInAsync($"203.0.113.{visitor}", TestUsers.NewEmail(), "not the password"));
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

    private static Task<HttpResponseMessage> GetAsync(GatewayHost gateway, string path, string visitor)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("X-Forwarded-For", visitor);
        request.Headers.Add("X-Forwarded-Proto", "https");
        return gateway.Client.SendAsync(request);
    }

    private static IPAddress OwnAddress() =>
        NetworkInterface
            .GetAllNetworkInterfaces()
            .Where(network => network.OperationalStatus == OperationalStatus.Up)
            .SelectMany(network => network.GetIPProperties().UnicastAddresses)
            .Select(unicast => unicast.Address)
            .First(address => address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(address));
}
