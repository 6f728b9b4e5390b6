using Microsoft.Extensions.Options;
using MovieLms.Application.Work;
using MovieLms.Realtime.Connections;
using MovieLms.Realtime.Contracts;
using MovieLms.ServiceDefaults.Access;

namespace MovieLms.Realtime.Enforcement;

/// <summary>
/// Closes connections whose token is revoked, at once, or has expired, within a second. On shutdown it asks all clients to
/// reconnect, which then reach another node.
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
        void Look() => _ = EndBadAsync();
        revocations.Changed += Look;
        using var stopping = lifetime.ApplicationStopping.Register(() => EndAllAsync().GetAwaiter().GetResult());
        try
        {
            await Ticker.RunAsync(Interval, time, _ => EndBadAsync(), e => LogFailed(logger, e.GetType().Name), stoppingToken);
        }
        finally
        {
            revocations.Changed -= Look;
        }
    }

    private async Task EndBadAsync()
    {
        var now = time.GetUtcNow();
        var ends = connections
            .All.Select(connection =>
                (
                    connection,
                    Reason: revocations.Contains(connection.Token) ? "tokenRevoked"
                    : connection.Token.ExpiresAt <= now ? "tokenExpired"
                    : null
                )
            )
            .Where(pair => pair.Reason is not null)
            .Select(pair => closer.CloseAsync(pair.connection, new ConnectionEnd(pair.Reason!, false)));
        await Task.WhenAll(ends);
    }

    private async Task EndAllAsync()
    {
        connections.IsStopping = true;
        var all = Task.WhenAll(connections.All.Select(connection => closer.CloseAsync(connection, new ConnectionEnd("shutdown", true))));
        await all.WaitAsync(options.Value.DrainTime, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    [LoggerMessage(LogLevel.Warning, "Connections whose token is no longer valid could not be closed ({Reason}); trying again")]
    private static partial void LogFailed(ILogger logger, string reason);
}
