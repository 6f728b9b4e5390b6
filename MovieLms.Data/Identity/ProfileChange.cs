namespace MovieLms.Data.Identity;

/// <summary>A change of a user's own profile.</summary>
/// <param name="Username">The name that others see.</param>
public sealed record ProfileChange(string Username)
{
    /// <summary>Whether to set the phone number.</summary>
    public bool HasPhone { get; init; }

    /// <summary>The phone number (E.164); null removes it.</summary>
    public string? Phone { get; init; }

    /// <summary>The changed mail preferences.</summary>
    public MailPreferencesChange MailPreferences { get; init; } = new();
}

/// <summary>A change of a user's mail preferences. Null keeps the current value.</summary>
public sealed record MailPreferencesChange(bool? Announcements = null, bool? Digests = null, bool? Reports = null);
