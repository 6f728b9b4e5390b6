using Microsoft.AspNetCore.SignalR;
using MongoDB.Driver;
using MovieLms.Data.Notifications;
using MovieLms.Realtime.Connections;
using MovieLms.Realtime.Contracts;

namespace MovieLms.Realtime.Relay;

/// <summary>Sends a new connection its user's unread notifications.</summary>
internal sealed partial class NotificationReplay(
    NotificationStore store,
    IHubClients<IChatClient> clients,
    ILogger<NotificationReplay> logger
)
{
    internal const int MaxNotifications = 50;

    /// <summary>Sends the newest 50 unread notifications, oldest first. The REST API lists all of them.</summary>
    internal async Task SendUnreadAsync(OpenConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            var unread = await store.ListAsync(connection.UserId, onlyUnread: true, null, MaxNotifications, cancellationToken);
            foreach (var notification in unread.Items.Reverse())
            {
                if (!connection.TryMarkDelivered(notification.Id.ToString()))
                    continue;
                await clients
                    .Client(connection.Id)
                    .Notification(
                        new NotificationEvent(
                            notification.Id.ToString(),
                            notification.Kind,
                            notification.Title,
                            notification.Text,
                            notification.Link,
                            notification.CreatedAt.UtcDateTime,
                            Replayed: true
                        )
                    );
            }
        }
        catch (Exception e) when (e is MongoException or TimeoutException)
        {
            LogNotReplayed(logger, e.GetType().Name);
        }
    }

    [LoggerMessage(LogLevel.Warning, "A connection's unread notifications could not be read ({Reason}); they stay unread")]
    private static partial void LogNotReplayed(ILogger logger, string reason);
}
