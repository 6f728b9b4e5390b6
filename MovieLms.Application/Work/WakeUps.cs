using Microsoft.Extensions.Logging;
using MovieLms.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace MovieLms.Application.Work;

/// <summary>
/// Wakes the processes that poll a queue, by a message over Redis that carries nothing. A lost message costs at most one
/// <see cref="IWorkQueue.Interval"/>.
/// </summary>
public sealed partial class WakeUps(IConnectionMultiplexer redis, RedisNames names, ILogger<WakeUps> logger)
{
    /// <summary>Wakes the workers of a queue. Does not wait for them, and does nothing while Redis is unavailable.</summary>
    public async Task SendAsync(string queue)
    {
        try
        {
            await redis.GetSubscriber().PublishAsync(Channel(queue), RedisValue.EmptyString, CommandFlags.FireAndForget);
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException)
        {
            LogNotSent(logger, queue, e.GetType().Name);
        }
    }

    /// <summary>Calls an action at each wake-up of a queue. The subscription survives a loss of Redis.</summary>
    /// <returns>False while Redis is unavailable.</returns>
    internal async Task<bool> TrySubscribeAsync(string queue, Action wakeUp)
    {
        try
        {
            await redis.GetSubscriber().SubscribeAsync(Channel(queue), (_, _) => wakeUp());
            return true;
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            LogNotSubscribed(logger, queue, e.GetType().Name);
            return false;
        }
    }

    private RedisChannel Channel(string queue) => names.Channel($"wake:{queue}");

    [LoggerMessage(LogLevel.Debug, "The workers of {Queue} were not woken ({Reason}); they look for work by themselves")]
    private static partial void LogNotSent(ILogger logger, string queue, string reason);

    [LoggerMessage(LogLevel.Debug, "Redis accepts no subscription for {Queue} yet ({Reason})")]
    private static partial void LogNotSubscribed(ILogger logger, string queue, string reason);
}
