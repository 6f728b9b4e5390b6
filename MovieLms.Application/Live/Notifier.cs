using MongoDB.Bson;
using MovieLms.Data.Notifications;

namespace MovieLms.Application.Live;

/// <summary>Tells users something that must not be lost: stored first, then said to their open connections.</summary>
public sealed class Notifier(NotificationStore notifications, LiveEvents live)
{
    /// <summary>Notifies users.</summary>
    /// <param name="userIds">Whom; a user named twice is told once when there is a key.</param>
    /// <param name="kind">What it is about: <c>grade</c>, <c>enrollment</c>, <c>announcement</c>, <c>order</c> …</param>
    /// <param name="title">One line.</param>
    /// <param name="text">A few sentences, plain text.</param>
    /// <param name="link">A path of this product, or null.</param>
    /// <param name="key">Unique a user: makes a repeat harmless. Null when it cannot be repeated.</param>
    /// <param name="cancellationToken">Stops before all are stored; those stored stay.</param>
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
            await live.NotificationAsync(new NotificationMessage(id.ToString(), userId.ToString(), kind, title, text, link, createdAt));
    }
}
