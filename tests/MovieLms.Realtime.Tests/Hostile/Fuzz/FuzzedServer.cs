using System.Net.Http.Json;
using System.Text.Json;
using MovieLms.Testing;
using MovieLms.Testing.Processes;

namespace MovieLms.Realtime.Tests.Hostile.Fuzz;

/// <summary>A server process with detailed logs and limits high enough for hostile calls to reach the hub's methods.</summary>
public sealed class FuzzedServer : IAsyncLifetime
{
    private StandaloneProcess? _server;

    internal Uri Address => _server!.Address;

    internal DotnetProcess Process => _server!.Process;

    /// <summary>The attacker's access token.</summary>
    internal string Token { get; private set; } = string.Empty;

    public async ValueTask InitializeAsync()
    {
        _server = await StandaloneProcess.StartAsync(
            environment: new Dictionary<string, string?>
            {
                ["Auth__BcryptCost"] = "4",
                ["RateLimits__RequestsPerSecond"] = "100000",
                ["RateLimits__ChatMessages__Permits"] = "1000000",
                ["Realtime__CallsPerTenSeconds"] = "1000000",
                ["Realtime__CallsPerUserPerTenSeconds"] = "1000000",
                ["Realtime__JoinsPerTenSeconds"] = "1000000",
                ["Realtime__ReadsPerTenSeconds"] = "1000000",
                ["Realtime__ConnectionsPerUser"] = "1000",
                ["Auth__AccessTokenMinutes"] = "60",
                ["Logging__LogLevel__Microsoft.AspNetCore"] = "Debug",
                ["Logging__LogLevel__MovieLms"] = "Debug",
            }
        );
        var account = new
        {
            username = "Mallory",
            email = TestUsers.NewEmail(),
            password = TestUsers.Password,
        };
        (await _server.Client.PostAsJsonAsync("/api/auth/register", account)).EnsureSuccessStatusCode();
        using var response = await _server.Client.PostAsJsonAsync("/api/auth/login", new { account.email, account.password });
        response.EnsureSuccessStatusCode();
        Token = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("accessToken").GetString()!;
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }
}
