using MongoDB.Bson;

namespace MovieLms.Data.Identity;

/// <summary>A person who can sign in.</summary>
public sealed record UserDocument
{
    public ObjectId Id { get; init; }

    /// <summary>The name that others see; not unique.</summary>
    public required string Username { get; init; }

    /// <summary>The name's words as they are searched for.</summary>
    public IReadOnlyList<string> NameWords { get; init; } = [];

    /// <summary>The address as it was given; mail goes there.</summary>
    public required string Email { get; init; }

    /// <summary>The address as it is compared: unique over all users, archived ones too.</summary>
    public required string EmailNormalized { get; init; }

    public DateTimeOffset? EmailVerifiedAt { get; init; }

    /// <summary>
    /// True if only a mailed link verified the address: the link shows that somebody reads the mail there, not that it is the
    /// person who holds the password and the sessions. False in documents from before this was recorded.
    /// </summary>
    public bool EmailVerifiedByLink { get; init; }

    /// <summary>True if the person who holds the account has shown that they read the address's mail.</summary>
    public bool IsEmailProven => EmailVerifiedAt is not null && !EmailVerifiedByLink;

    /// <summary>BCrypt, enhanced mode; null while somebody signs in only through a provider or has not taken an invitation.</summary>
    public string? PasswordHash { get; init; }

    /// <summary>One of the roles of the product's table.</summary>
    public required string Role { get; init; }

    /// <summary>Grows when all the user's tokens are revoked together: tokens carry the generation they were made in.</summary>
    public long TokenGeneration { get; init; }

    /// <summary>When <see cref="TokenGeneration"/> last grew; null while it never did, or not since this is stored.</summary>
    public DateTimeOffset? TokensRevokedAt { get; init; }

    /// <summary>Set while an administrator is being demoted or archived; see <see cref="LastAdminGuard"/>.</summary>
    public AdminRemoval? Removal { get; init; }

    /// <summary>International form (ITU-T E.164): a plus sign and 8 to 15 digits.</summary>
    public string? Phone { get; init; }

    public DateTimeOffset? PhoneVerifiedAt { get; init; }

    public MailPreferences MailPreferences { get; init; } = new();

    /// <summary>The second step at sign-in; null when there is none.</summary>
    public TotpDocument? Totp { get; init; }

    /// <summary>Wrong codes at the second step since the last right one; null when there are none.</summary>
    public SecondStepFailures? SecondStepFailures { get; init; }

    /// <summary>Accounts elsewhere that may sign in as this user.</summary>
    public IReadOnlyList<ExternalLogin> ExternalLogins { get; init; } = [];

    public long Version { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>An archived user cannot sign in, and their reviews and messages are hidden.</summary>
    public DateTimeOffset? ArchivedAt { get; init; }
    public ObjectId? ArchivedBy { get; init; }
    public DateTimeOffset? DeletedAt { get; init; }
    public ObjectId? DeletedBy { get; init; }
}

/// <summary>What mail a user wants beside what an account needs.</summary>
public sealed record MailPreferences
{
    public bool Announcements { get; init; } = true;
    public bool Digests { get; init; } = true;
    public bool Reports { get; init; } = true;
}

/// <summary>A time-based one-time password (RFC 6238).</summary>
public sealed record TotpDocument
{
    /// <summary>The shared secret, encrypted by Data Protection.</summary>
    public required string ProtectedSecret { get; init; }

    /// <summary>Null until a first code was right: only then is it asked for at sign-in.</summary>
    public DateTimeOffset? ConfirmedAt { get; init; }

    /// <summary>The last time step a code was taken for; a code works once (RFC 6238, section 5.2).</summary>
    public long LastStep { get; init; }

    /// <summary>Keyed hashes of the recovery codes that are left.</summary>
    public IReadOnlyList<string> RecoveryCodes { get; init; } = [];
}

/// <summary>A series of wrong codes at the second step. It ends with a right code, or after a day without a wrong one.</summary>
public sealed record SecondStepFailures
{
    public int Count { get; init; }
    public DateTimeOffset LastAt { get; init; }

    /// <summary>No code is checked before this time; null while there were few wrong ones.</summary>
    public DateTimeOffset? RetryAt { get; init; }
}

/// <summary>An account at a sign-in provider.</summary>
/// <param name="Provider">The provider's name in this product's configuration.</param>
/// <param name="Subject">Its own, unchanging id of the account.</param>
public sealed record ExternalLogin(string Provider, string Subject);
