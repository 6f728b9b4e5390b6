using Microsoft.Extensions.Options;
using MovieLms.Application.Work;
using MovieLms.Realtime.Connections;
using MovieLms.Realtime.Contracts;
using MovieLms.ServiceDefaults.Access;

namespace MovieLms.Realtime.Enforcement;

/// <summary>
/// Closes connections with a revoked token at once, and those with an expired token within a second. On shutdown it asks all
/// clients to reconnect; they then reach another node.
/// </summary>
internal sealed partial class ConnectionGuard(
    OpenConnections connections,
    ConnectionCloser closer,
    Revocations revocations,
    IHostApplicationLifetime lifetime,
    IOptions<RealtimeOptions> options,
    TimeProvider time,
    ILogger<ConnectionGuard> logger
) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        void CheckNow() => _ = CloseInvalidAsync();
        revocations.Changed += CheckNow;
        using var stopping = lifetime.ApplicationStopping.Register(() => CloseAllAsync().GetAwaiter().GetResult());
        try
        {
            await Ticker.RunAsync(Interval, time, _ => CloseInvalidAsync(), e => LogFailed(logger, e.GetType().Name), stoppingToken);
        }
        finally
        {
            revocations.Changed -= CheckNow;
        }
    }

    private async Task CloseInvalidAsync()
    {
        var now = time.GetUtcNow();
        var closing = connections
            .All.Select(connection =>
                (
                    connection,
                    Reason: revocations.Contains(connection.Token) ? ConnectionEnd.TokenRevoked
                    : connection.Token.ExpiresAt <= now ? ConnectionEnd.TokenExpired
                    : null
                )
            )
            .Where(pair => pair.Reason is not null)
            .Select(pair => closer.CloseAsync(pair.connection, new ConnectionEnd(pair.Reason!, false)));
        await Task.WhenAll(closing);
    }

    private async Task CloseAllAsync()
    {
        connections.IsStopping = true;
        var all = Task.WhenAll(
            connections.All.Select(connection => closer.CloseAsync(connection, new ConnectionEnd(ConnectionEnd.Shutdown, true)))
        );
        await all.WaitAsync(options.Value.DrainTime, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    [LoggerMessage(LogLevel.Warning, "Connections with an invalid token could not be closed ({Reason}); retrying")]
    private static partial void LogFailed(ILogger logger, string reason);
}
