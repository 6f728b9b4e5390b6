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
/// Makes good what was not heard. While Redis is away, and once more when it can be heard again, the rooms of this node are
/// read from the database, so that what other nodes stored meanwhile arrives too, only later. What this node could not tell
/// the others is told then.
/// </summary>
internal sealed partial class BackplaneKeeper(
    ChatBackplane backplane,
    IConnectionMultiplexer redis,
    OpenConnections connections,
    RoomPresence presence,
    Rooms rooms,
    RoomExits exits,
    ChatMessageStore messages,
    TimeProvider time,
    ILogger<BackplaneKeeper> logger
) : BackgroundService
{
    private const int MaxAtOnce = 200;

    /// <summary>While Redis is away, who may be in which room is asked of the database every so many seconds.</summary>
    private const int RecheckPasses = 5;
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(2);
    private readonly Dictionary<string, long> _said = new(StringComparer.Ordinal);
    private int _losses;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        redis.ConnectionFailed += Lost;
        try
        {
            var (isListening, wasUnavailable) = (false, false);
            for (int passes = 1, known = 0; !stoppingToken.IsCancellationRequested; passes++)
            {
                // Even a moment's loss may have cost a word, though the next one is heard again.
                var losses = Volatile.Read(ref _losses);
                isListening = isListening || await TryListenAsync();
                var hears = isListening && await backplane.HearsAsync(CallTimeout, time, stoppingToken);
                if (!hears && !wasUnavailable)
                    LogAlone(logger);
                if (hears && wasUnavailable)
                    LogJoined(logger);
                if (hears)
                    backplane.SayAgain();
                if (hears && !wasUnavailable && losses == known)
                    _said.Clear();
                else
                    await MakeGoodAsync(hears, passes, stoppingToken);
                (known, wasUnavailable) = (losses, !hears);
                await Task.Delay(PollInterval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        finally
        {
            redis.ConnectionFailed -= Lost;
        }
    }

    private void Lost(object? sender, ConnectionFailedEventArgs e) => Interlocked.Increment(ref _losses);

    private async Task<bool> TryListenAsync()
    {
        try
        {
            await backplane.ListenAsync();
            return true;
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            LogUnreachable(logger, e.GetType().Name);
            return false;
        }
    }

    private async Task MakeGoodAsync(bool hears, int passes, CancellationToken cancellationToken)
    {
        try
        {
            await CatchUpAsync(cancellationToken);
            if (hears)
                await presence.SayAllAsync(cancellationToken);
            if (hears || passes % RecheckPasses == 0)
                await exits.RecheckAsync(cancellationToken);
        }
        catch (Exception e) when (e is MongoException or TimeoutException or HubException)
        {
            LogUnreachable(logger, e.GetType().Name);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The node stops.
        }
    }

    private async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        foreach (var room in connections.All.SelectMany(connection => connection.Rooms).Distinct().ToArray())
        {
            if (await rooms.FindAsync(room, cancellationToken) is not { } stored)
            {
                _said[room] = 0;
                continue;
            }
            var newest = await messages.LastSequenceAsync(stored.Id, cancellationToken);
            var after = _said.TryGetValue(room, out var said) ? said : newest - MaxAtOnce / 4;
            foreach (var message in ChatMessages.View(stored, await messages.SinceAsync(stored.Id, after, MaxAtOnce, cancellationToken)))
            {
                await backplane.SayHereAsync(room, null, nameof(IChatClient.MessageReceived), [message]);
                after = message.Sequence;
            }
            _said[room] = after;
        }
    }

    [LoggerMessage(LogLevel.Warning, "The other chat nodes cannot be heard: this node is on its own until Redis is back")]
    private static partial void LogAlone(ILogger logger);

    [LoggerMessage(LogLevel.Information, "The other chat nodes can be heard again; what was missed is read from the database")]
    private static partial void LogJoined(ILogger logger);

    [LoggerMessage(LogLevel.Debug, "Redis or the database cannot be reached yet ({Reason})")]
    private static partial void LogUnreachable(ILogger logger, string reason);
}
