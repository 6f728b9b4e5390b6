using MongoDB.Bson;
using MovieLms.Data.Notifications;

namespace MovieLms.Application.Live;

/// <summary>Sends users notifications that must not be lost: stores them first, then publishes them to open connections.</summary>
public sealed class Notifier(NotificationStore notifications, LiveEvents live)
{
    /// <summary>Notifies users.</summary>
    /// <param name="userIds">The users. With a key, a user listed twice is notified once.</param>
    /// <param name="kind">The subject: <c>grade</c>, <c>enrollment</c>, <c>announcement</c>, <c>order</c>, …</param>
    /// <param name="title">One line.</param>
    /// <param name="text">A few sentences of plain text.</param>
    /// <param name="link">An API path, or null.</param>
    /// <param name="key">A key unique per user that makes repeated calls idempotent; null if the call is never repeated.</param>
    /// <param name="cancellationToken">Cancels storing. Notifications that are already stored are kept.</param>
    public async Task NotifyAsync(
        IReadOnlyCollection<ObjectId> userIds,
        string kind,
        string title,
        string text,
        string? link,
        string? key,
        CancellationToken cancellationToken
    )
    {
        foreach (var (id, userId, createdAt) in await notifications.AddAllAsync(userIds, kind, title, text, link, key, cancellationToken))
        {
            await live.PublishNotificationAsync(
                new NotificationMessage(id.ToString(), userId.ToString(), kind, title, text, link, createdAt)
            );
        }
    }
}
