using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Options;
using MovieLms.Realtime.Chat;
using MovieLms.Realtime.Presence;
using MovieLms.ServiceDefaults.Access;

namespace MovieLms.Realtime.Connections;

/// <summary>
/// Ends connections whose token expires or is revoked: at once when a revocation becomes known, by the second when time runs
/// out. On shutdown it tells all clients to come again, which then reach another node.
/// </summary>
internal sealed partial class ConnectionGuard(
    OpenConnections connections, RoomPresence presence, Revocations revocations, IHubContext<ChatHub, IChatClient> hub, IHostApplicationLifetime lifetime,
    IOptions<RealtimeOptions> options, TimeProvider time, ILogger<ConnectionGuard> logger) : BackgroundService
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);
    /// <summary>What a client has for reading why.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromMilliseconds(300);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        void Look() => _ = EndBadAsync();
        revocations.Changed += Look;
        using var stopping = lifetime.ApplicationStopping.Register(() => EndAllAsync().GetAwaiter().GetResult());
        try
        {
            using var timer = new PeriodicTimer(Tick, time);
            while (await timer.WaitForNextTickAsync(stoppingToken)) await EndBadAsync();
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
        var ends = connections.All
            .Select(connection => (connection, Reason: revocations.Contains(connection.Token) ? "tokenRevoked" : connection.Token.ExpiresAt <= now ? "tokenExpired" : null))
            .Where(pair => pair.Reason is not null)
            .Select(pair => EndAsync(pair.connection, new ConnectionEnd(pair.Reason!, false)));
        await Task.WhenAll(ends);
    }

    private async Task EndAllAsync()
    {
        connections.IsStopping = true;
        var all = Task.WhenAll(connections.All.Select(connection => EndAsync(connection, new ConnectionEnd("shutdown", true))));
        await all.WaitAsync(options.Value.DrainTime, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task EndAsync(OpenConnection connection, ConnectionEnd end)
    {
        if (!connection.TryEnd()) return;
        // From here on every call of it is refused and no room is heard any more; only then is it told why.
        connections.Remove(connection.Id);
        try
        {
            foreach (var room in connection.Rooms) await hub.Groups.RemoveFromGroupAsync(connection.Id, room);
            await hub.Clients.Client(connection.Id).ConnectionEnding(end);
            foreach (var room in connection.Rooms) await presence.LeaveAsync(room, connection);
            await Task.Delay(Farewell, time);
        }
        catch (Exception e) when (e is InvalidOperationException or IOException or OperationCanceledException)
        {
            LogUntold(logger, e.GetType().Name);
        }
        finally
        {
            connection.Abort();
        }
    }

    [LoggerMessage(LogLevel.Debug, "A connection was ended that could not be told why ({Reason})")]
    private static partial void LogUntold(ILogger logger, string reason);
}
