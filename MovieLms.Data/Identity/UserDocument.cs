using MongoDB.Bson;

namespace MovieLms.Data.Identity;

/// <summary>A person who can sign in.</summary>
public sealed record UserDocument
{
    public ObjectId Id { get; init; }

    /// <summary>The name that others see; not unique.</summary>
    public required string Username { get; init; }

    /// <summary>The words of the name in the form that searches compare.</summary>
    public IReadOnlyList<string> NameWords { get; init; } = [];

    /// <summary>The address as entered. Mail is sent to it.</summary>
    public required string Email { get; init; }

    /// <summary>The address in the form that is compared; unique among all users, including archived ones.</summary>
    public required string EmailNormalized { get; init; }

    public DateTimeOffset? EmailVerifiedAt { get; init; }

    /// <summary>
    /// True if only a mailed link verified the address. The link proves that someone reads the mail, not that it is the person who
    /// holds the password and the sessions. False in documents from before this was recorded.
    /// </summary>
    public bool EmailVerifiedByLink { get; init; }

    /// <summary>True if the holder of the account has proven that they read the address's mail.</summary>
    public bool IsEmailProven => EmailVerifiedAt is not null && !EmailVerifiedByLink;

    /// <summary>Enhanced BCrypt hash; null for users who sign in only through a provider or have not accepted an invitation.</summary>
    public string? PasswordHash { get; init; }

    /// <summary>One of the defined roles.</summary>
    public required string Role { get; init; }

    /// <summary>Incremented to revoke all tokens of the user. A token carries the generation in which it was issued.</summary>
    public long TokenGeneration { get; init; }

    /// <summary>When <see cref="TokenGeneration"/> was last incremented; null if never, or only before this was recorded.</summary>
    public DateTimeOffset? TokensRevokedAt { get; init; }

    /// <summary>Set while an administrator is being demoted or archived; see <see cref="LastAdminGuard"/>.</summary>
    public AdminRemoval? Removal { get; init; }

    /// <summary>The number in international form (ITU-T E.164): a plus sign and 8 to 15 digits.</summary>
    public string? Phone { get; init; }

    public DateTimeOffset? PhoneVerifiedAt { get; init; }

    public MailPreferences MailPreferences { get; init; } = new();

    /// <summary>The second step of sign-in; null when it was never set up.</summary>
    public TotpDocument? Totp { get; init; }

    /// <summary>Wrong codes at the second step since the last correct one; null when there are none.</summary>
    public SecondStepFailures? SecondStepFailures { get; init; }

    /// <summary>External accounts that can sign in as this user.</summary>
    public IReadOnlyList<ExternalLogin> ExternalLogins { get; init; } = [];

    public long Version { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>An archived user cannot sign in, and their reviews and messages are hidden.</summary>
    public DateTimeOffset? ArchivedAt { get; init; }
    public ObjectId? ArchivedBy { get; init; }
    public DateTimeOffset? DeletedAt { get; init; }
    public ObjectId? DeletedBy { get; init; }

    /// <summary>A requested change of the address that is not confirmed yet; null if there is none.</summary>
    public EmailChange? EmailChange { get; init; }

    /// <summary>When the account is due to be erased because the user asked for it; null otherwise.</summary>
    public DateTimeOffset? DeletionDueAt { get; init; }

    /// <summary>When the erasure began. It can no longer be canceled.</summary>
    public DateTimeOffset? ErasureStartedAt { get; init; }
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

    /// <summary>Null until the first correct code. Sign-in requires a code only after that.</summary>
    public DateTimeOffset? ConfirmedAt { get; init; }

    /// <summary>The time step of the last accepted code. A code works once (RFC 6238, section 5.2).</summary>
    public long LastStep { get; init; }

    /// <summary>Keyed hashes of the unused recovery codes.</summary>
    public IReadOnlyList<string> RecoveryCodes { get; init; } = [];
}

/// <summary>A series of wrong codes at the second step. It ends with a correct code, or after a day without a wrong one.</summary>
public sealed record SecondStepFailures
{
    public int Count { get; init; }
    public DateTimeOffset LastAt { get; init; }

    /// <summary>No code is checked before this time; null after only a few wrong codes.</summary>
    public DateTimeOffset? RetryAt { get; init; }
}

/// <summary>An account at an external sign-in provider.</summary>
/// <param name="Provider">The name of the provider in the configuration.</param>
/// <param name="Subject">The provider's permanent ID of the account.</param>
public sealed record ExternalLogin(string Provider, string Subject);
