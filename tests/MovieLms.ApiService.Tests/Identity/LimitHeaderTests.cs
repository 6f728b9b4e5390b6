using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Identity;

/// <summary>What callers are told of limits, the same whether Redis counts or the process itself.</summary>
public sealed class LimitHeaderTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Every_limited_call_says_how_many_are_left_and_a_refused_one_when_to_come_back(bool hasRedis)
    {
        await using var host = await StartAsync(hasRedis, ("RateLimits:Register:Permits", "3"), ("RateLimits:Register:Seconds", "30"));
        for (var left = 2; left >= 0; left--)
        {
            var answer = await host.Client.PostAsJsonAsync(
                "/api/auth/register",
                new
                {
                    username = "Ida",
                    email = TestUsers.NewEmail(),
                    password = TestUsers.Password,
                }
            );
            Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
            Assert.Equal((3, left), (Number(answer, "RateLimit-Limit"), Number(answer, "RateLimit-Remaining")));
            Assert.InRange(Number(answer, "RateLimit-Reset"), 1, 30);
            Assert.False(answer.Headers.Contains("Retry-After"));
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
        await RefusedAsync(refused, 3, 30);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_refusal_describes_the_limit_that_was_met(bool hasRedis)
    {
        await using var host = await StartAsync(
            hasRedis,
            ("RateLimits:ForgotAccount:Permits", "1"),
            ("RateLimits:LoginAddress:Permits", "1")
        );
        Assert.Equal(
            HttpStatusCode.Accepted,
            (await host.Client.PostAsJsonAsync("/api/auth/forgot-password", new { email = "ida@example.test" })).StatusCode
        );
        await RefusedAsync(await host.Client.PostAsJsonAsync("/api/auth/forgot-password", new { email = "ida@example.test" }), 1, 600);
        var login = new { email = "ida@example.test", password = "not the password" };
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.Client.PostAsJsonAsync("/api/auth/login", login)).StatusCode);
        await RefusedAsync(await host.Client.PostAsJsonAsync("/api/auth/login", login), 1, 60);
    }

    [Fact]
    public async Task Two_replicas_count_together()
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
        await RefusedAsync(await one.Client.PostAsJsonAsync("/api/auth/refresh", body), 2, 60);
    }

    [Theory]
    [InlineData(false, HttpStatusCode.TooManyRequests)]
    [InlineData(true, HttpStatusCode.Unauthorized)]
    public async Task Limits_by_address_count_the_forwarded_one_only_behind_a_configured_proxy(bool isConfigured, HttpStatusCode expected)
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

    private static async Task RefusedAsync(HttpResponseMessage answer, int limit, int window)
    {
        await answer.AssertProblemAsync(429);
        Assert.Equal((limit, 0), (Number(answer, "RateLimit-Limit"), Number(answer, "RateLimit-Remaining")));
        Assert.InRange(Number(answer, "Retry-After"), 1, window);
        Assert.Equal(Number(answer, "RateLimit-Reset"), Number(answer, "Retry-After"));
    }

    private static int Number(HttpResponseMessage answer, string header) =>
        int.Parse(answer.Headers.GetValues(header).Single(), CultureInfo.InvariantCulture);

    private static Task<ServiceHost> StartAsync(bool hasRedis, params (string Key, string? Value)[] settings)
    {
        var all = settings.Where(pair => pair.Value is not null).ToDictionary(pair => pair.Key, pair => pair.Value);
        if (!hasRedis)
            all["ConnectionStrings:redis"] = "127.0.0.1:1,abortConnect=false,connectTimeout=200";
        return ServiceHost.StartAsync(new ServiceHostOptions { Services = Services.Api, Settings = all });
    }
}
