using Microsoft.AspNetCore.SignalR;
using MongoDB.Driver;
using MovieLms.Data.Chat;
using MovieLms.Realtime.Chat;
using MovieLms.Realtime.Connections;
using MovieLms.Realtime.Contracts;
using MovieLms.Realtime.Presence;
using StackExchange.Redis;

namespace MovieLms.Realtime.Backplane;

/// <summary>
/// Recovers from outages of Redis. During an outage, and once more after reconnecting, this node reads new messages of its rooms
/// from the database, so its clients receive the messages of other nodes with a delay. After reconnecting it also publishes the
/// calls that it could not publish during the outage.
/// </summary>
internal sealed partial class BackplaneMonitor(
    ChatBackplane backplane,
    IConnectionMultiplexer redis,
    OpenConnections connections,
    RoomPresence presence,
    Rooms rooms,
    RoomEvictions exits,
    ChatMessageStore messages,
    TimeProvider time,
    ILogger<BackplaneMonitor> logger
) : BackgroundService
{
    private const int MaxMessagesPerRoom = 200;

    /// <summary>During an outage, room access is checked against the database once per this number of passes.</summary>
    private const int PassesPerRecheck = 5;
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(2);
    private readonly Dictionary<string, long> _delivered = new(StringComparer.Ordinal);
    private int _losses;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        redis.ConnectionFailed += OnConnectionFailed;
        try
        {
            var (isSubscribed, wasUnavailable) = (false, false);
            for (int passes = 1, known = 0; !stoppingToken.IsCancellationRequested; passes++)
            {
                // Even a brief loss of the connection may have dropped messages, although the ping succeeds again.
                var losses = Volatile.Read(ref _losses);
                isSubscribed = isSubscribed || await TrySubscribeAsync();
                var isConnected = isSubscribed && await backplane.PingAsync(PingTimeout, time, stoppingToken);
                if (!isConnected && !wasUnavailable)
                    LogDisconnected(logger);
                if (isConnected && wasUnavailable)
                    LogReconnected(logger);
                if (isConnected)
                    backplane.PublishPending();
                if (isConnected && !wasUnavailable && losses == known)
                    _delivered.Clear();
                else
                    await RecoverAsync(isConnected, passes, stoppingToken);
                (known, wasUnavailable) = (losses, !isConnected);
                await Task.Delay(PollInterval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        finally
        {
            redis.ConnectionFailed -= OnConnectionFailed;
        }
    }

    private void OnConnectionFailed(object? sender, ConnectionFailedEventArgs e) => Interlocked.Increment(ref _losses);

    private async Task<bool> TrySubscribeAsync()
    {
        try
        {
            await backplane.SubscribeAsync();
            return true;
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            LogUnreachable(logger, e.GetType().Name);
            return false;
        }
    }

    private async Task RecoverAsync(bool isConnected, int passes, CancellationToken cancellationToken)
    {
        try
        {
            await CatchUpAsync(cancellationToken);
            if (isConnected)
                await presence.SendSnapshotsAsync(cancellationToken);
            if (isConnected || passes % PassesPerRecheck == 0)
                await exits.RecheckAsync(cancellationToken);
        }
        catch (Exception e) when (e is MongoException or TimeoutException or HubException)
        {
            LogUnreachable(logger, e.GetType().Name);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The node is stopping.
        }
    }

    private async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        foreach (var room in connections.All.SelectMany(connection => connection.Rooms).Distinct().ToArray())
        {
            if (await rooms.FindAsync(room, cancellationToken) is not { } stored)
            {
                _delivered[room] = 0;
                continue;
            }
            var newest = await messages.GetLastSequenceAsync(stored.Id, cancellationToken);
            var after = _delivered.TryGetValue(room, out var delivered) ? delivered : newest - MaxMessagesPerRoom / 4;
            var missed = await messages.ListAfterAsync(stored.Id, after, MaxMessagesPerRoom, cancellationToken);
            foreach (var message in ChatMessages.ToContract(stored, missed))
            {
                await backplane.SendLocallyAsync(room, null, nameof(IChatClient.MessageReceived), [message]);
                after = message.Sequence;
            }
            _delivered[room] = after;
        }
    }

    [LoggerMessage(LogLevel.Warning, "Disconnected from the other chat nodes: this node runs on its own until Redis recovers")]
    private static partial void LogDisconnected(ILogger logger);

    [LoggerMessage(LogLevel.Information, "Reconnected to the other chat nodes; reading missed messages from the database")]
    private static partial void LogReconnected(ILogger logger);

    [LoggerMessage(LogLevel.Debug, "Redis or the database is still unreachable ({Reason})")]
    private static partial void LogUnreachable(ILogger logger, string reason);
}
