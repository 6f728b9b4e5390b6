using Microsoft.Extensions.Logging;
using MovieLms.ServiceDefaults.Redis;
using StackExchange.Redis;
using ZiggyCreatures.Caching.Fusion;
using ZiggyCreatures.Caching.Fusion.Backplane;

namespace MovieLms.ServiceDefaults.Caching;

/// <summary>
/// Tells every process of a changed or removed entry by Redis pub/sub. Stands in for the package
/// ZiggyCreatures.FusionCache.Backplane.StackExchangeRedis, which not every registry serves.
/// </summary>
internal sealed partial class RedisBackplane(
    IConnectionMultiplexer redis,
    RedisNames names,
    FirstLevel firstLevel,
    StampChanges stamps,
    ILogger<RedisBackplane> logger
) : IFusionCacheBackplane
{
    private BackplaneSubscriptionOptions? _subscription;
    private RedisChannel _channel;

    public void Subscribe(BackplaneSubscriptionOptions options)
    {
        Remember(options);
        redis.GetSubscriber().Subscribe(_channel, Receive);
    }

    public async ValueTask SubscribeAsync(BackplaneSubscriptionOptions options)
    {
        Remember(options);
        await redis.GetSubscriber().SubscribeAsync(_channel, Receive);
    }

    public void Unsubscribe()
    {
        redis.ConnectionRestored -= Reconnected;
        redis.GetSubscriber().Unsubscribe(_channel, Receive);
    }

    public async ValueTask UnsubscribeAsync()
    {
        redis.ConnectionRestored -= Reconnected;
        await redis.GetSubscriber().UnsubscribeAsync(_channel, Receive);
    }

    public void Publish(BackplaneMessage message, FusionCacheEntryOptions options, CancellationToken token = default) =>
        redis.GetSubscriber().Publish(_channel, BackplaneMessage.ToByteArray(message));

    public async ValueTask PublishAsync(BackplaneMessage message, FusionCacheEntryOptions options, CancellationToken token = default) =>
        await redis.GetSubscriber().PublishAsync(_channel, BackplaneMessage.ToByteArray(message));

    private void Remember(BackplaneSubscriptionOptions options)
    {
        _subscription = options;
        _channel = names.Channel(options.ChannelName ?? throw new ArgumentException("The backplane has no channel name.", nameof(options)));
        redis.ConnectionRestored += Reconnected;
    }

    private void Receive(RedisChannel channel, RedisValue value)
    {
        if ((byte[]?)value is not { Length: > 0 } bytes)
            return;
        try
        {
            var message = BackplaneMessage.FromByteArray(bytes);
            if (
                message.SourceId != _subscription?.CacheInstanceId
                && message.CacheKey?.StartsWith(StampChanges.Prefix, StringComparison.Ordinal) == true
            )
            {
                stamps.ChangedElsewhere(message.CacheKey);
            }

            _subscription?.IncomingMessageHandler?.Invoke(message);
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException or ArgumentException or IndexOutOfRangeException)
        {
            LogUnreadable(logger, e);
        }
    }

    private void Reconnected(object? sender, ConnectionFailedEventArgs e)
    {
        if (e.ConnectionType != ConnectionType.Subscription)
            return;
        firstLevel.Drop();
        _subscription?.ConnectHandler?.Invoke(new BackplaneConnectionInfo(isReconnection: true));
        LogReconnected(logger);
    }

    [LoggerMessage(LogLevel.Information, "Redis is back: the in-process cache was emptied, since changes made meanwhile were not heard")]
    private static partial void LogReconnected(ILogger logger);

    [LoggerMessage(LogLevel.Warning, "A cache message that could not be read was passed over")]
    private static partial void LogUnreadable(ILogger logger, Exception exception);
}
