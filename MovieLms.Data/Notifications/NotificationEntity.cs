using MovieLms.Data.Relations;

namespace MovieLms.Data.Notifications;

/// <summary>Declares notifications. A notification is kept when its user is deleted.</summary>
public static class NotificationEntity
{
    /// <summary>The name of its collection.</summary>
    public const string Collection = "notifications";

    internal static Entity Declaration { get; } =
        new("notification", Collection, typeof(NotificationDocument))
        {
            References = [new(NotificationFields.UserId, "user", OnDelete.Keep)],
        };
}
