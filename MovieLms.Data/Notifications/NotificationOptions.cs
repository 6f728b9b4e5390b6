using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace MovieLms.Data.Notifications;

/// <summary>The settings of stored notifications (section <c>Notifications</c>).</summary>
public sealed record NotificationOptions
{
    /// <summary>How long a notification is stored, read or not.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(180);

    /// <summary>Reads <c>Notifications:RetentionDays</c>.</summary>
    /// <exception cref="InvalidOperationException">The value is not a whole number from 1 to 3,650.</exception>
    public static NotificationOptions From(IConfiguration? configuration)
    {
        if (configuration?["Notifications:RetentionDays"] is not { Length: > 0 } text)
            return new NotificationOptions();
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days is >= 1 and <= 3_650
            ? new NotificationOptions { Retention = TimeSpan.FromDays(days) }
            : throw new InvalidOperationException(
                $"Notifications:RetentionDays is '{text}'. It must be a number of days between 1 and 3650."
            );
    }
}
