using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.StackExchangeRedis;
using Microsoft.Extensions.Options;
using MongoDB.Driver;
using MovieLms.Data.Chat;
using MovieLms.Realtime.Chat;
using MovieLms.Realtime.Connections;
using MovieLms.Realtime.Presence;
using MovieLms.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace MovieLms.Realtime.Backplane;

/// <summary>
/// Joins the backplane whenever Redis can be reached. While it cannot, and once more when it can again, the rooms of this
/// node are read from the database, so that what other nodes stored meanwhile arrives too, only later.
/// </summary>
internal sealed partial class BackplaneKeeper(
    ChatBackplane backplane, IConnectionMultiplexer redis, RedisNames names, IHubProtocolResolver protocols, OpenConnections connections, RoomPresence presence,
    Rooms rooms, RoomExits exits, ChatMessageStore messages, ILoggerFactory loggers, TimeProvider time, ILogger<BackplaneKeeper> logger) : BackgroundService
{
    private const int MostAtOnce = 200;
    /// <summary>While Redis is away, who may be in which room is asked of the database every so many seconds.</summary>
    private const int RecheckPasses = 5;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private readonly Dictionary<string, long> _said = new(StringComparer.Ordinal);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var wasAway = false;
        var passes = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            if (!backplane.IsJoined)
            {
                var joined = redis.IsConnected && await TryJoinAsync();
                if (wasAway || !joined) await CatchUpAsync(stoppingToken);
                if (joined && wasAway) await presence.SayAllAsync(stoppingToken);
                if (wasAway || ++passes % RecheckPasses == 0) await RecheckAsync(stoppingToken);
                wasAway = !joined;
            }
            else
            {
                _said.Clear();
                wasAway = true;
            }
            await Task.Delay(Pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<bool> TryJoinAsync()
    {
        RedisHubLifetimeManager<ChatHub>? manager = null;
        var options = new RedisOptions { ConnectionFactory = log => ConnectAsync(log, reason => backplane.Leave(manager!, reason)) };
        manager = new RedisHubLifetimeManager<ChatHub>(loggers.CreateLogger<RedisHubLifetimeManager<ChatHub>>(), Options.Create(options), protocols);
        try
        {
            await backplane.JoinAsync(manager);
            return true;
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            LogUnjoined(logger, e.GetType().Name);
            manager.Dispose();
            return false;
        }
    }

    /// <summary>A connection of its own, as a backplane disposes of it; its channels under this environment's prefix.</summary>
    private async Task<IConnectionMultiplexer> ConnectAsync(TextWriter log, Action<string> onLost)
    {
        var options = ConfigurationOptions.Parse(redis.Configuration);
        options.AbortOnConnectFail = true;
        options.BacklogPolicy = BacklogPolicy.FailFast;
        options.ReconnectRetryPolicy = new ExponentialRetry(200, 5_000);
        options.ChannelPrefix = names.Channel("signalr:");
        var connection = await ConnectionMultiplexer.ConnectAsync(options, log);
        // Not on the connection's own thread, which the loss would end.
        connection.ConnectionFailed += (_, e) => Task.Run(() => onLost(e.FailureType.ToString()));
        return connection;
    }

    private async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        try
        {
            foreach (var room in connections.All.SelectMany(connection => connection.Rooms).Distinct().ToArray())
            {
                var stored = await rooms.GetAsync(room, cancellationToken);
                var newest = await messages.LastSequenceAsync(stored.Id, cancellationToken);
                var after = _said.TryGetValue(room, out var said) ? said : newest - MostAtOnce / 4;
                foreach (var message in ChatMessages.View(stored, await messages.SinceAsync(stored.Id, after, MostAtOnce, cancellationToken)))
                {
                    await backplane.SendLocallyAsync(room, nameof(IChatClient.MessageReceived), [message]);
                    after = message.Sequence;
                }
                _said[room] = after;
            }
        }
        catch (Exception e) when (e is MongoException or TimeoutException or HubException)
        {
            LogUnjoined(logger, e.GetType().Name);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The node stops.
        }
    }

    private async Task RecheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            await exits.RecheckAsync(cancellationToken);
        }
        catch (Exception e) when (e is MongoException or TimeoutException)
        {
            LogUnjoined(logger, e.GetType().Name);
        }
    }

    [LoggerMessage(LogLevel.Debug, "The backplane or the database cannot be reached yet ({Reason})")]
    private static partial void LogUnjoined(ILogger logger, string reason);
}
