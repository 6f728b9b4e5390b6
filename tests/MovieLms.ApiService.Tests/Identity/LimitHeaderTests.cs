using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Identity;

/// <summary>Rate limit headers are the same with Redis and with counting in the process.</summary>
public sealed class LimitHeaderTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Every_limited_response_has_the_remaining_count_and_a_rejected_one_has_retry_after(bool hasRedis)
    {
        await using var host = await StartAsync(hasRedis, ("RateLimits:Register:Permits", "3"), ("RateLimits:Register:Seconds", "30"));
        for (var left = 2; left >= 0; left--)
        {
            var response = await host.Client.PostAsJsonAsync(
                "/api/auth/register",
                new
                {
                    username = "Ida",
                    email = TestUsers.NewEmail(),
                    password = TestUsers.Password,
                }
            );
            Assert.Equal(HttpStatusCode.Created, response.StatusCode);
            Assert.Equal((3, left), (Number(response, "RateLimit-Limit"), Number(response, "RateLimit-Remaining")));
            Assert.InRange(Number(response, "RateLimit-Reset"), 1, 30);
            Assert.False(response.Headers.Contains("Retry-After"));
        }
        var refused = await host.Client.PostAsJsonAsync(
            "/api/auth/register",
            new
            {
                username = "Ida",
                email = TestUsers.NewEmail(),
                password = TestUsers.Password,
            }
        );
        await AssertRejectedAsync(refused, 3, 30);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_rejection_describes_the_exceeded_limit(bool hasRedis)
    {
        await using var host = await StartAsync(
            hasRedis,
            ("RateLimits:ForgotAccount:Permits", "1"),
            ("RateLimits:LoginAddress:Permits", "1")
        );
        var forgot = new { email = "ida@example.test" };
        Assert.Equal(HttpStatusCode.Accepted, (await host.Client.PostAsJsonAsync("/api/auth/forgot-password", forgot)).StatusCode);
        await AssertRejectedAsync(await host.Client.PostAsJsonAsync("/api/auth/forgot-password", forgot), 1, 600);
        var login = new { email = "ida@example.test", password = "not the password" };
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.Client.PostAsJsonAsync("/api/auth/login", login)).StatusCode);
        await AssertRejectedAsync(await host.Client.PostAsJsonAsync("/api/auth/login", login), 1, 60);
    }

    [Fact]
    public async Task Two_replicas_share_a_limit()
    {
        await using var one = await StartAsync(true, ("RateLimits:Refresh:Permits", "2"));
        await using var other = await ServiceHost.StartAsync(
            new ServiceHostOptions
            {
                Name = one.Name,
                Services = Services.Api,
                Settings = new Dictionary<string, string?> { ["RateLimits:Refresh:Permits"] = "2" },
            }
        );
        var body = new { refreshToken = new string('A', 43) };
        Assert.Equal(HttpStatusCode.Unauthorized, (await one.Client.PostAsJsonAsync("/api/auth/refresh", body)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await other.Client.PostAsJsonAsync("/api/auth/refresh", body)).StatusCode);
        await AssertRejectedAsync(await one.Client.PostAsJsonAsync("/api/auth/refresh", body), 2, 60);
    }

    [Theory]
    [InlineData(false, HttpStatusCode.TooManyRequests)]
    [InlineData(true, HttpStatusCode.Unauthorized)]
    public async Task Address_limits_use_the_forwarded_address_only_behind_a_configured_proxy(bool isConfigured, HttpStatusCode expected)
    {
        await using var host = await StartAsync(
            true,
            ("RateLimits:Refresh:Permits", "1"),
            ("ForwardedHeaders:Proxies:0", isConfigured ? "127.0.0.1" : null)
        );
        Assert.Equal(HttpStatusCode.Unauthorized, await RefreshFromAsync(host, "203.0.113.1"));
        Assert.Equal(expected, await RefreshFromAsync(host, "203.0.113.2"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await RefreshFromAsync(host, "203.0.113.1"));
    }

    private static async Task<HttpStatusCode> RefreshFromAsync(ServiceHost host, string address)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/auth/refresh")
        {
            Content = JsonContent.Create(new { refreshToken = new string('A', 43) }),
        };
        request.Headers.Add("X-Forwarded-For", address);
        return (await host.Client.SendAsync(request)).StatusCode;
    }

    private static async Task AssertRejectedAsync(HttpResponseMessage response, int limit, int window)
    {
        await response.AssertProblemAsync(429);
        Assert.Equal((limit, 0), (Number(response, "RateLimit-Limit"), Number(response, "RateLimit-Remaining")));
        Assert.InRange(Number(response, "Retry-After"), 1, window);
        Assert.Equal(Number(response, "RateLimit-Reset"), Number(response, "Retry-After"));
    }

    private static int Number(HttpResponseMessage response, string header) =>
        int.Parse(response.Headers.GetValues(header).Single(), CultureInfo.InvariantCulture);

    private static Task<ServiceHost> StartAsync(bool hasRedis, params (string Key, string? Value)[] settings)
    {
        var all = settings.Where(pair => pair.Value is not null).ToDictionary(pair => pair.Key, pair => pair.Value);
        if (!hasRedis)
            all["ConnectionStrings:redis"] = "127.0.0.1:1,abortConnect=false,connectTimeout=200";
        return ServiceHost.StartAsync(new ServiceHostOptions { Services = Services.Api, Settings = all });
    }
}
