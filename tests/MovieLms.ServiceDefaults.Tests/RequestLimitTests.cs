using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using MovieLms.Testing;

namespace MovieLms.ServiceDefaults.Tests;

/// <summary>The limit of requests per user or address.</summary>
public sealed class RequestLimitTests
{
    [Fact]
    public async Task A_request_over_the_limit_returns_a_problem_with_Retry_After()
    {
        await using var host = await StartAsync();
        var statuses = new List<HttpStatusCode>();
        HttpResponseMessage refused;
        do
        {
            refused = await host.Client.GetAsync("/open");
            statuses.Add(refused.StatusCode);
        } while (refused.IsSuccessStatusCode && statuses.Count < 50);
        Assert.Equal(10, statuses.Count(status => status == HttpStatusCode.OK));
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType?.MediaType);
        Assert.Equal(("10", "0"), (Header(refused, "RateLimit-Limit"), Header(refused, "RateLimit-Remaining")));
        var wait = int.Parse(Header(refused, "Retry-After"), CultureInfo.InvariantCulture);
        Assert.Equal(Header(refused, "RateLimit-Reset"), Header(refused, "Retry-After"));
        Assert.InRange(wait, 1, 2);
        await Eventually.WaitUntilAsync(async () => (await host.Client.GetAsync("/open")).IsSuccessStatusCode, "the window slides", 5);
    }

    [Fact]
    public async Task Denied_requests_count_and_addresses_are_limited_separately()
    {
        await using var host = await StartAsync();
        for (var i = 0; i < 10; i++)
            Assert.Equal(HttpStatusCode.Unauthorized, await FromAsync(host, "203.0.113.1", "/closed"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await FromAsync(host, "203.0.113.1", "/closed"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await FromAsync(host, "203.0.113.1", "/open"));
        Assert.Equal(HttpStatusCode.OK, await FromAsync(host, "203.0.113.2", "/open"));
    }

    [Fact]
    public async Task Health_probes_have_a_limit_of_their_own_and_liveness_probes_have_none()
    {
        await using var host = await StartAsync();
        for (var i = 0; i < 20; i++)
            await FromAsync(host, "203.0.113.1", "/open");
        for (var i = 0; i < 10; i++)
            Assert.Equal(HttpStatusCode.OK, await FromAsync(host, "203.0.113.1", "/health"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await FromAsync(host, "203.0.113.1", "/health"));
        Assert.Equal(HttpStatusCode.OK, await FromAsync(host, "203.0.113.2", "/health"));
        for (var i = 0; i < 20; i++)
            Assert.Equal(HttpStatusCode.OK, await FromAsync(host, "203.0.113.1", "/alive"));
    }

    private static Task<ServiceHost> StartAsync() =>
        ServiceHost.StartAsync(
            new ServiceHostOptions
            {
                Services = Services.None,
                Settings = new Dictionary<string, string?>
                {
                    ["RateLimits:RequestsPerSecond"] = "5",
                    ["ForwardedHeaders:Proxies:0"] = "127.0.0.1",
                },
                Map = app =>
                {
                    app.MapGet("/open", () => "x").AllowAnonymous();
                    app.MapGet("/closed", () => "x").RequireAuthorization();
                },
            }
        );

    private static async Task<HttpStatusCode> FromAsync(ServiceHost host, string address, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("X-Forwarded-For", address);
        return (await host.Client.SendAsync(request)).StatusCode;
    }

    private static string Header(HttpResponseMessage response, string name) => response.Headers.GetValues(name).Single();
}
