using System.Net;
using System.Net.Http.Json;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Identity;

/// <summary>Limits by address: before the body is read, wide enough for a school behind one address, and for failures only.</summary>
public sealed class AddressLimitTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_request_over_the_limit_is_refused_without_its_body(bool isChunked)
    {
        await using var host = await StartAsync(("RateLimits:Register:Permits", "1"));
        using var first = await RegisterAsync(host);
        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        // Within the limit of bodies, so that only the limit of attempts can refuse it; the rest of the body never comes.
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
    public async Task A_school_behind_one_address_signs_in_and_refreshes_as_often_as_it_likes()
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
    public async Task Sixty_forged_refresh_tokens_from_one_address_do_not_lock_out_the_others_there()
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
    public async Task Failures_of_one_address_are_limited_whatever_account_they_are_for()
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
    public async Task One_refresh_token_is_presented_only_so_often()
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

    /// <summary>With the limits of the product and not those of the other tests.</summary>
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
