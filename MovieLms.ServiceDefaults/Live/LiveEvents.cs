using Microsoft.Extensions.Logging;
using MongoDB.Bson;
using MovieLms.ServiceDefaults.Redis;
using MovieLms.ServiceDefaults.Telemetry;
using StackExchange.Redis;

namespace MovieLms.ServiceDefaults.Live;

/// <summary>
/// Says over Redis pub/sub what open connections should hear of. Never fails: while Redis is away nothing is said, and
/// whatever matters is in the database (a stored notification, an enrolment's status), where it is read again.
/// </summary>
public sealed partial class LiveEvents(IConnectionMultiplexer redis, RedisNames names, ILogger<LiveEvents> logger)
{
    /// <summary>An order has another status. An order shown twice in the same one is no harm.</summary>
    /// <param name="orderId">Which.</param>
    /// <param name="customerId">The user to tell.</param>
    /// <param name="orderNumber">As people read it.</param>
    /// <param name="item">What was ordered.</param>
    /// <param name="status">By its contract name: <c>paid</c>, <c>delivered</c> or <c>cancelled</c>.</param>
    /// <param name="changedAt">When.</param>
    public Task OrderChangedAsync(
        ObjectId orderId,
        ObjectId customerId,
        string orderNumber,
        string item,
        string status,
        DateTimeOffset changedAt
    ) =>
        PublishAsync(
            LiveChannels.Orders,
            new OrderChangedMessage(orderId.ToString(), customerId.ToString(), orderNumber, item, status, changedAt)
        );

    /// <summary>A notification was stored; see <see cref="Notifier"/>, which does both.</summary>
    public Task NotificationAsync(NotificationMessage message) => PublishAsync(LiveChannels.Notifications, message);

    /// <summary>A user may no longer be in a room; the database must say so already.</summary>
    public Task AccessLostAsync(string userId, string room) => PublishAsync(LiveChannels.AccessLost, new AccessLostMessage(userId, room));

    /// <summary>A room is deleted or archived; the database must say so already.</summary>
    public Task RoomClosedAsync(string room) => PublishAsync(LiveChannels.RoomClosed, new RoomClosedMessage(room));

    private async Task PublishAsync<T>(string channel, T message)
    {
        try
        {
            await redis.GetSubscriber().PublishAsync(names.Channel(channel), TraceContext.Serialize(message), CommandFlags.FireAndForget);
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException)
        {
            LogUnsaid(logger, channel, e.GetType().Name);
        }
    }

    [LoggerMessage(LogLevel.Debug, "A message on {Channel} was not sent ({Reason}); open connections hear of it when they ask")]
    private static partial void LogUnsaid(ILogger logger, string channel, string reason);
}
