using MovieLms.Data.Relations;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Notifications;

/// <summary>The notification among the entities: its user's, and kept when the user goes.</summary>
internal static class NotificationEntity
{
    internal static Entity Declaration { get; } =
        new("notification", CollectionNames.Notifications, typeof(NotificationDocument))
        {
            References = [new(NotificationFields.UserId, "user", OnDelete.Keep)],
        };
}
