using Microsoft.Extensions.Logging;
using MovieLms.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace MovieLms.Application.Work;

/// <summary>
/// Wakes the processes that poll a queue by publishing an empty message over Redis. A lost message delays work by at most one
/// <see cref="IWorkQueue.Interval"/>.
/// </summary>
public sealed partial class WakeUps(IConnectionMultiplexer redis, RedisNames names, ILogger<WakeUps> logger)
{
    /// <summary>Wakes the workers of a queue without waiting for them. Does nothing while Redis is unavailable.</summary>
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

    /// <summary>Calls an action at each wake-up of a queue. The subscription survives a Redis outage.</summary>
    /// <returns>False if Redis is unavailable.</returns>
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

    private RedisChannel Channel(string queue) => names.GetChannel($"wake:{queue}");

    [LoggerMessage(LogLevel.Debug, "The workers of {Queue} were not woken ({Reason}); they find the work at their next poll")]
    private static partial void LogNotSent(ILogger logger, string queue, string reason);

    [LoggerMessage(LogLevel.Debug, "Subscribing to wake-ups of {Queue} failed ({Reason}); retrying")]
    private static partial void LogNotSubscribed(ILogger logger, string queue, string reason);
}
