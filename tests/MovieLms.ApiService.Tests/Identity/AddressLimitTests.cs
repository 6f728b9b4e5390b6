using System.Net;
using System.Net.Http.Json;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Identity;

/// <summary>Limits per IP address apply before the body is read, count only failures and are wide enough for a school.</summary>
public sealed class AddressLimitTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_request_over_the_limit_is_rejected_before_its_body_is_read(bool isChunked)
    {
        await using var host = await StartAsync(("RateLimits:Register:Permits", "1"));
        using var first = await RegisterAsync(host);
        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        // Within the body limit, so only the attempt limit can reject the request. The rest of the body is never sent.
        var target = "POST /api/auth/register";
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var outcome = await HostileUpload
            .SendAsync(host.Address, target, "application/json", 28 * 1024 * 1024, isChunked, start: """{"username":" """)
            .WaitAsync(timeout.Token);
        Assert.True(outcome.Status == 429, outcome.Text);
        Assert.Contains("RateLimit-Remaining: 0", outcome.Text, StringComparison.Ordinal);
        Assert.Contains("Retry-After:", outcome.Text, StringComparison.Ordinal);
        Assert.InRange(outcome.SentBytes, 0, 8 * 1024 * 1024);
    }

    [Fact]
    public async Task Successful_sign_ins_and_refreshes_from_one_address_are_not_limited()
    {
        await using var host = await StartAsync(("RateLimits:LoginAddress:Permits", "3"), ("RateLimits:Refresh:Permits", "3"));
        var users = new List<TestUser>();
        for (var i = 0; i < 10; i++)
            users.Add(await host.SignInStudentAsync());
        foreach (var user in users)
        {
            Assert.Equal(
                HttpStatusCode.OK,
                (await host.Client.PostAsJsonAsync("/api/auth/refresh", new { refreshToken = user.RefreshToken })).StatusCode
            );
        }
    }

    [Fact]
    public async Task Sixty_forged_refresh_tokens_do_not_lock_out_other_users_at_the_same_address()
    {
        await using var host = await StartAsync();
        var user = await host.SignInStudentAsync();
        for (var i = 0; i < 61; i++)
        {
            using var forged = await host.Client.PostAsJsonAsync(
                "/api/auth/refresh",
                new { refreshToken = $"{i:00}{new string('A', 41)}" }
            );
            Assert.Equal(HttpStatusCode.Unauthorized, forged.StatusCode);
        }
        Assert.Equal(
            HttpStatusCode.OK,
            (await host.Client.PostAsJsonAsync("/api/auth/refresh", new { refreshToken = user.RefreshToken })).StatusCode
        );
    }

    [Fact]
    public async Task Thirty_failed_sign_ins_through_one_server_do_not_block_the_31st()
    {
        await using var host = await StartAsync();
        var user = await host.SignInStudentAsync();
        for (var i = 0; i < 30; i++)
        {
            using var failed = await host.Client.PostAsJsonAsync(
                "/api/auth/login",
                new { email = TestUsers.NewEmail(), password = "not the password" }
            );
            Assert.Equal(HttpStatusCode.Unauthorized, failed.StatusCode);
        }
        await host.LogInAsync(user.Email, user.Password);
    }

    [Fact]
    public async Task Failures_from_one_address_are_limited_across_accounts()
    {
        await using var host = await StartAsync(("RateLimits:LoginAddress:Permits", "3"));
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(
                HttpStatusCode.Unauthorized,
                (await host.Client.PostAsJsonAsync("/api/auth/login", new { email = TestUsers.NewEmail(), password = "x" })).StatusCode
            );
        }

        using var refused = await host.Client.PostAsJsonAsync("/api/auth/login", new { email = TestUsers.NewEmail(), password = "x" });
        await refused.AssertProblemAsync(429);
    }

    [Fact]
    public async Task Uses_of_one_refresh_token_are_limited()
    {
        await using var host = await StartAsync(("RateLimits:RefreshToken:Permits", "2"));
        var token = new string('A', 43);
        foreach (var expected in new[] { 401, 401, 429 })
            Assert.Equal(expected, (int)(await host.Client.PostAsJsonAsync("/api/auth/refresh", new { refreshToken = token })).StatusCode);
    }

    private static Task<HttpResponseMessage> RegisterAsync(ServiceHost host) =>
        host.Client.PostAsJsonAsync(
            "/api/auth/register",
            new
            {
                username = "Ida",
                email = TestUsers.NewEmail(),
                password = TestUsers.Password,
            }
        );

    /// <summary>Uses the default limits instead of those of the other tests.</summary>
    private static Task<ServiceHost> StartAsync(params (string Key, string Value)[] settings)
    {
        var all = new Dictionary<string, string?>();
        foreach (var name in new[] { "Refresh", "LoginAddress", "LoginVerify", "Reset" })
            all[$"RateLimits:{name}:Permits"] = null;
        foreach (var (key, value) in settings)
            all[key] = value;
        return ServiceHost.StartAsync(new ServiceHostOptions { Services = Services.Api, Settings = all });
    }
}
