using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using MovieLms.Testing;

namespace MovieLms.Realtime.Tests.Hostile;

/// <summary>A browser's token is part of the hub's URL and must not appear in any log.</summary>
public sealed class TokenInLogsTests
{
    [Fact]
    public async Task No_log_at_any_level_contains_the_query_token()
    {
        using var log = new FakeLoggerProvider();
        await using var host = await ServiceHost.StartAsync(
            new ServiceHostOptions
            {
                Services = Services.Api | Services.Realtime,
                Settings = new Dictionary<string, string?>
                {
                    ["Logging:LogLevel:Default"] = "Trace",
                    ["Logging:LogLevel:Microsoft.AspNetCore"] = "Trace",
                    ["Logging:LogLevel:Microsoft.AspNetCore.Hosting"] = "Trace",
                    ["Logging:LogLevel:Microsoft.AspNetCore.SignalR.Internal.DefaultHubDispatcher"] = "Trace",
                    ["Logging:LogLevel:Microsoft.AspNetCore.SignalR.HubConnectionHandler"] = "Trace",
                },
                Configure = services => services.AddSingleton<ILoggerProvider>(log),
            }
        );
        var user = await host.SignInStudentAsync();
        using (var client = await RawHub.OpenAsync(host.Address, user.AccessToken))
            await client.CallAsync("JoinRoom", """["lobby"]""");
        using (var refused = await RawWebSocket.ConnectAsync(host.Address, RawHub.Target(user.AccessToken + "x")))
            Assert.Equal(401, refused.Status);
        await host.Client.PostAsync($"/hubs/chat/negotiate?negotiateVersion=1&access_token={user.AccessToken}", null);

        await Eventually.WaitUntilAsync(
            () => Task.FromResult(log.GetLines().Any(line => line.Contains("JoinRoom", StringComparison.Ordinal))),
            "the hub's own log is captured"
        );
        // Checks only the signature, which is the secret part of a token.
        var secret = user.AccessToken.Split('.')[^1];
        Assert.DoesNotContain(log.Collector.GetSnapshot().SelectMany(GetTexts), text => text.Contains(secret, StringComparison.Ordinal));
    }

    /// <summary>Returns every text of an entry: its message, exception, values and scopes.</summary>
    private static IEnumerable<string> GetTexts(FakeLogRecord entry) =>
        [
            $"{entry.Message} {entry.Exception}",
            .. (entry.StructuredState ?? []).Select(pair => $"{pair.Key}={pair.Value}"),
            .. entry.Scopes.SelectMany(GetTexts),
        ];

    private static IEnumerable<string> GetTexts(object? scope) =>
        [$"{scope}", .. (scope as IEnumerable<KeyValuePair<string, object?>> ?? []).Select(pair => $"{pair.Key}={pair.Value}")];
}
