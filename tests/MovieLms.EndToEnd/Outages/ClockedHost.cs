using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MovieLms.Testing;
using MovieLms.Testing.Processes;
using MovieLms.Testing.Tools;

namespace MovieLms.EndToEnd.Outages;

/// <summary>Standalone as a process with a clock that the test controls.</summary>
internal sealed class ClockedHost : IAsyncDisposable
{
    private readonly FakeClock _clock;
    private readonly StandaloneProcess _process;

    private ClockedHost(FakeClock clock, StandaloneProcess process) => (_clock, _process) = (clock, process);

    internal Uri Address => _process.Address;

    /// <summary>A client without credentials.</summary>
    internal HttpClient Client => _process.Client;

    internal string Output => _process.Process.Output;

    internal static async Task<ClockedHost> StartAsync()
    {
        var clock = FakeClock.Require();
        try
        {
            return new ClockedHost(
                clock,
                await StandaloneProcess.StartAsync(
                    null,
                    new Dictionary<string, string?>(clock.Environment)
                    {
                        ["Auth__BcryptCost"] = "4",
                        ["Admin__Email"] = Installation.AdminEmail,
                        ["Admin__Password"] = Installation.AdminPassword,
                    }
                )
            );
        }
        catch
        {
            clock.Dispose();
            throw;
        }
    }

    /// <summary>Sets the clock, and waits until the process uses it and its background work has run.</summary>
    internal async Task SetClockAsync(TimeSpan offset)
    {
        _clock.Set(offset);
        await Eventually.WaitUntilAsync(
            async () =>
                Math.Abs(((await Client.GetAsync("/alive")).Headers.Date!.Value - TimeProvider.System.GetUtcNow() - offset).TotalSeconds)
                < 60,
            "the clock is set",
            20
        );
        // Every 3 s the process reads revocations and drops expired ones.
        await Task.Delay(TimeSpan.FromSeconds(4));
    }

    /// <summary>Registers and signs in a student.</summary>
    internal async Task<ClockedUser> RegisterAsync()
    {
        var email = TestUsers.NewEmail();
        (
            await Client.PostAsJsonAsync(
                "/api/auth/register",
                new
                {
                    username = "Ida",
                    email,
                    password = TestUsers.Password,
                }
            )
        ).EnsureSuccessStatusCode();
        return await SignInAsync(email);
    }

    internal async Task<ClockedUser> SignInAsync(string email, string password = TestUsers.Password)
    {
        using var response = await Client.PostAsJsonAsync("/api/auth/login", new { email, password });
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return new ClockedUser(this, email, await response.Content.ReadFromJsonAsync<JsonElement>());
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _clock.Dispose();
    }
}

/// <summary>A signed-in user.</summary>
internal sealed class ClockedUser(ClockedHost host, string email, JsonElement pair)
{
    internal string Email => email;

    internal string AccessToken { get; } = pair.GetProperty("accessToken").GetString()!;

    internal string RefreshToken { get; } = pair.GetProperty("refreshToken").GetString()!;

    /// <summary>Returns the status of a request with the access token.</summary>
    internal async Task<HttpStatusCode> GetStatusAsync() => (await SendAsync(HttpMethod.Get, "/api/auth/me")).StatusCode;

    /// <summary>Refreshes the tokens; returns null if the refresh token is rejected.</summary>
    internal async Task<ClockedUser?> RefreshAsync()
    {
        using var response = await host.Client.PostAsJsonAsync("/api/auth/refresh", new { refreshToken = RefreshToken });
        if (response.StatusCode == HttpStatusCode.Unauthorized)
            return null;
        response.EnsureSuccessStatusCode();
        return new ClockedUser(host, email, await response.Content.ReadFromJsonAsync<JsonElement>());
    }

    internal async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path)
        {
            Headers = { Authorization = new("Bearer", AccessToken) },
            Content = body as HttpContent,
        };
        if (body is not null)
            request.Content ??= JsonContent.Create(body);
        return await host.Client.SendAsync(request);
    }

    /// <summary>Creates a resource and returns its location.</summary>
    internal async Task<Uri> CreateAsync(string path, object body)
    {
        using var response = await SendAsync(HttpMethod.Post, path, body);
        Assert.True(response.IsSuccessStatusCode, $"{path}: {response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        return response.Headers.Location!;
    }
}
