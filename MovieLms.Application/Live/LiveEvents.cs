using System.Text.Json;
using Microsoft.Extensions.Logging;
using MovieLms.Data.Orders;
using MovieLms.ServiceDefaults.Redis;
using MovieLms.ServiceDefaults.Telemetry;
using StackExchange.Redis;

namespace MovieLms.Application.Live;

/// <summary>
/// Publishes live events for open connections over Redis pub/sub. Never throws: events are dropped while Redis is unavailable, because
/// clients read the same state from the database (a stored notification, an enrollment's status).
/// </summary>
public sealed partial class LiveEvents(IConnectionMultiplexer redis, RedisNames names, ILogger<LiveEvents> logger)
{
    /// <summary>Publishes an order's new status to its customer.</summary>
    public Task PublishOrderChangedAsync(OrderDocument order) =>
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

    /// <summary>Publishes a stored notification. Use <see cref="Notifier"/>, which does both.</summary>
    public Task PublishNotificationAsync(NotificationMessage message) => PublishAsync(LiveChannels.Notifications, message);

    /// <summary>Publishes that a user has lost access to a room. Store the loss first.</summary>
    public Task PublishAccessLostAsync(string userId, string room) =>
        PublishAsync(LiveChannels.AccessLost, new AccessLostMessage(userId, room));

    /// <summary>Publishes that a room was deleted or archived. Store that first.</summary>
    public Task PublishRoomClosedAsync(string room) => PublishAsync(LiveChannels.RoomClosed, new RoomClosedMessage(room));

    private async Task PublishAsync<T>(string channel, T message)
    {
        try
        {
            await redis
                .GetSubscriber()
                .PublishAsync(names.GetChannel(channel), TraceContext.Serialize(message), CommandFlags.FireAndForget);
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException)
        {
            LogNotPublished(logger, channel, e.GetType().Name);
        }
    }

    [LoggerMessage(LogLevel.Debug, "A message on {Channel} was not published ({Reason}). Clients see the change at their next read")]
    private static partial void LogNotPublished(ILogger logger, string channel, string reason);
}
