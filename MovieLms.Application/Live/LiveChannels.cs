namespace MovieLms.Application.Live;

/// <summary>
/// The Redis channels between the services and the open connections, in one place and pinned by a test: another process may
/// run another release. Named through <see cref="MovieLms.ServiceDefaults.Redis.RedisNames"/>, as every channel is.
/// </summary>
public static class LiveChannels
{
    /// <summary>Carries an <see cref="OrderChangedMessage"/>.</summary>
    public const string Orders = "live:orders";

    /// <summary>Carries a <see cref="NotificationMessage"/>.</summary>
    public const string Notifications = "live:notifications";

    /// <summary>Carries an <see cref="AccessLostMessage"/>.</summary>
    public const string AccessLost = "live:accessLost";

    /// <summary>Carries a <see cref="RoomClosedMessage"/>.</summary>
    public const string RoomClosed = "live:roomClosed";
}
