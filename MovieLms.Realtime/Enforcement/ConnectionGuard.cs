using Microsoft.Extensions.Options;
using MovieLms.Realtime.Connections;
using MovieLms.Realtime.Contracts;
using MovieLms.ServiceDefaults.Access;

namespace MovieLms.Realtime.Enforcement;

/// <summary>
/// Closes connections whose token is revoked, at once, or has expired, within a second. On shutdown it asks all clients to
/// reconnect, which then reach another node.
/// </summary>
internal sealed class ConnectionGuard(
    OpenConnections connections,
    ConnectionCloser closer,
    Revocations revocations,
    IHostApplicationLifetime lifetime,
    IOptions<RealtimeOptions> options,
    TimeProvider time
) : BackgroundService
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        void Look() => _ = EndBadAsync();
        revocations.Changed += Look;
        using var stopping = lifetime.ApplicationStopping.Register(() => EndAllAsync().GetAwaiter().GetResult());
        try
        {
            using var timer = new PeriodicTimer(Tick, time);
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await EndBadAsync();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The node stops; the clients were told when it began to.
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
}
