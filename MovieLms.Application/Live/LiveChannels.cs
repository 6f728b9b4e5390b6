namespace MovieLms.Application.Live;

/// <summary>
/// The Redis channels that carry live events to open connections. A test pins the names, because other processes may run another
/// release. Prefix them with <see cref="MovieLms.ServiceDefaults.Redis.RedisNames"/>.
/// </summary>
public static class LiveChannels
{
    /// <summary>The channel of <see cref="OrderChangedMessage"/>.</summary>
    public const string Orders = "live:orders";

    /// <summary>The channel of <see cref="NotificationMessage"/>.</summary>
    public const string Notifications = "live:notifications";

    /// <summary>The channel of <see cref="AccessLostMessage"/>.</summary>
    public const string AccessLost = "live:accessLost";

    /// <summary>The channel of <see cref="RoomClosedMessage"/>.</summary>
    public const string RoomClosed = "live:roomClosed";
}
