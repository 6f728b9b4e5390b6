using MovieLms.Data.Relations;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Notifications;

/// <summary>Declares notifications. A notification is kept when its user is deleted.</summary>
internal static class NotificationEntity
{
    internal static Entity Declaration { get; } =
        new("notification", CollectionNames.Notifications, typeof(NotificationDocument))
        {
            References = [new(NotificationFields.UserId, "user", OnDelete.Keep)],
        };
}
