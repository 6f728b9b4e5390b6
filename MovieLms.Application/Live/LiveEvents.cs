using System.Text.Json;
using Microsoft.Extensions.Logging;
using MovieLms.Data.Orders;
using MovieLms.ServiceDefaults.Redis;
using MovieLms.ServiceDefaults.Telemetry;
using StackExchange.Redis;

namespace MovieLms.Application.Live;

/// <summary>
/// Says over Redis pub/sub what open connections should hear of. Never fails: while Redis is away nothing is said, and
/// whatever matters is in the database (a stored notification, an enrolment's status), where it is read again.
/// </summary>
public sealed partial class LiveEvents(IConnectionMultiplexer redis, RedisNames names, ILogger<LiveEvents> logger)
{
    /// <summary>Tells an order's customer that its status has changed.</summary>
    public Task OrderChangedAsync(OrderDocument order) =>
        PublishAsync(
            LiveChannels.Orders,
            new OrderChangedMessage(
                order.Id.ToString(),
                order.CustomerId.ToString(),
                order.Number,
                order.Item,
                JsonNamingPolicy.CamelCase.ConvertName(order.Status.ToString()),
                order.History[^1].At
            )
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
            LogNotPublished(logger, channel, e.GetType().Name);
        }
    }

    [LoggerMessage(LogLevel.Debug, "A message on {Channel} was not sent ({Reason}); open connections hear of it when they ask")]
    private static partial void LogNotPublished(ILogger logger, string channel, string reason);
}
