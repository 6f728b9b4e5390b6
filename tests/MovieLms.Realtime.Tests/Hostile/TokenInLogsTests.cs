using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MovieLms.Testing;

namespace MovieLms.Realtime.Tests.Hostile;

/// <summary>A browser's token is part of the hub's URL and must not appear in any log.</summary>
public sealed class TokenInLogsTests
{
    [Fact]
    public async Task No_log_at_any_level_contains_the_query_token()
    {
        var log = new CapturedLog();
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
            () => Task.FromResult(log.Lines.Any(line => line.Contains("JoinRoom", StringComparison.Ordinal))),
            "the hub's own log is captured"
        );
        // Checks only the signature, which is the secret part of a token.
        var secret = user.AccessToken.Split('.')[^1];
        Assert.DoesNotContain(log.Lines, line => line.Contains(secret, StringComparison.Ordinal));
    }

    private sealed class CapturedLog : ILoggerProvider, ILogger
    {
        internal ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            Lines.Enqueue($"scope: {state}{Values(state)}");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => Lines.Enqueue($"{formatter(state, exception)} {exception}{Values(state)}");

        public void Dispose() { }

        private static string Values<TState>(TState state) =>
            state is IEnumerable<KeyValuePair<string, object?>> values
                ? string.Concat(values.Select(pair => $" {pair.Key}={pair.Value}"))
                : string.Empty;
    }
}
