using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Identity;

/// <summary>The time limits of refreshes, with a fake clock.</summary>
public sealed class RefreshWindowTests : IAsyncLifetime
{
    private const double Jitter = 0.5;
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private ServiceHost _host = null!;

    public async ValueTask InitializeAsync() =>
        _host = await ServiceHost.StartAsync(
            new ServiceHostOptions
            {
                Services = Services.Api,
                Settings = new Dictionary<string, string?>
                {
                    ["Auth:RefreshRetrySeconds"] = "10",
                    ["Auth:RefreshTokenMinutes"] = "40",
                    ["Auth:SessionDays"] = "0.05",
                },
                Configure = services => services.AddSingleton<TimeProvider>(_time),
            }
        );

    [Fact]
    public async Task A_token_reused_within_the_retry_window_gets_the_same_successor_and_later_ends_the_session()
    {
        var user = await _host.SignInStudentAsync();
        var successor = await RefreshAsync(user.RefreshToken);
        _time.Advance(TimeSpan.FromSeconds(10 - Jitter));
        Assert.Equal(successor, await RefreshAsync(user.RefreshToken));
        _time.Advance(TimeSpan.FromSeconds(2 * Jitter));
        Assert.Null(await RefreshAsync(user.RefreshToken));
        Assert.Null(await RefreshAsync(successor!));
        Assert.Equal(HttpStatusCode.Unauthorized, (await user.Client.GetAsync("/api/auth/me")).StatusCode);
    }

    [Fact]
    public async Task A_refresh_token_is_valid_for_forty_minutes()
    {
        var (one, other) = (await _host.SignInStudentAsync(), await _host.SignInStudentAsync());
        _time.Advance(TimeSpan.FromMinutes(39));
        Assert.NotNull(await RefreshAsync(one.RefreshToken));
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Null(await RefreshAsync(other.RefreshToken));
    }

    [Fact]
    public async Task A_session_ends_after_its_maximum_lifetime_even_if_it_is_refreshed()
    {
        var token = (await _host.SignInStudentAsync()).RefreshToken;
        // 0.05 days are 72 minutes.
        for (var i = 0; i < 2; i++)
        {
            _time.Advance(TimeSpan.FromMinutes(30));
            token = await RefreshAsync(token);
            Assert.NotNull(token);
        }
        _time.Advance(TimeSpan.FromMinutes(13));
        Assert.Null(await RefreshAsync(token));
    }

    private async Task<string?> RefreshAsync(string token)
    {
        using var response = await _host.Client.PostAsJsonAsync("/api/auth/refresh", new { refreshToken = token });
        if (response.StatusCode == HttpStatusCode.Unauthorized)
            return null;
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("refreshToken").GetString();
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();
}
