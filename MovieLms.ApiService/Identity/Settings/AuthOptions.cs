using System.ComponentModel.DataAnnotations;
using MovieLms.ServiceDefaults.Access;

namespace MovieLms.ApiService.Identity.Settings;

/// <summary>Settings of the token issuer, bound from the section <c>Auth</c>.</summary>
internal sealed class AuthOptions
{
    /// <summary>Lifetime of an access token, in minutes.</summary>
    [Range(0.05, 60)]
    public double AccessTokenMinutes { get; set; } = 10;

    /// <summary>Lifetime of a refresh token, in minutes. Each use replaces it with a new one.</summary>
    [Range(0.05, 60 * 24 * 90)]
    public double RefreshTokenMinutes { get; set; } = RefreshTokens.DefaultMinutes;

    /// <summary>Maximum lifetime of a session, in days. After it the user must sign in again, even if the session was refreshed.</summary>
    [Range(0.001, 365)]
    public double SessionDays { get; set; } = 30;

    /// <summary>How long a rotated refresh token may be sent again, in seconds (after a lost response or from parallel tabs).</summary>
    [Range(0, 120)]
    public int RefreshRetrySeconds { get; set; } = 10;

    /// <summary>BCrypt's work factor: 2^cost rounds. Each step doubles the time; docs/security.md has measurements.</summary>
    [Range(4, 16)]
    public int BcryptCost { get; set; } = 11;

    /// <summary>Number of passwords hashed at once, or 0 for half of the processors.</summary>
    [Range(0, 64)]
    public int ConcurrentHashes { get; set; }

    /// <summary>Number of passwords that may wait to be hashed. Further requests get 503.</summary>
    [Range(1, 10_000)]
    public int QueuedHashes { get; set; } = 500;

    /// <summary>
    /// P-256 keys as PEM texts or as paths of PEM files. The first one signs and must be private; all are published. If there are none,
    /// keys are generated, stored in the database and rotated.
    /// </summary>
    public string[] SigningKeys { get; set; } = [];

    /// <summary>How long a generated key signs, in days.</summary>
    [Range(1, 3650)]
    public int KeyLifetimeDays { get; set; } = 90;

    /// <summary>
    /// Words that no password may contain in addition to the product's name, such as the name of the school. Each has 3 to 60 characters.
    /// </summary>
    public string[] ForbiddenPasswordWords { get; set; } = [];

    internal TimeSpan AccessTokenLifetime => TimeSpan.FromMinutes(AccessTokenMinutes);
    internal TimeSpan RefreshTokenLifetime => TimeSpan.FromMinutes(RefreshTokenMinutes);
    internal TimeSpan MaxSessionLifetime => TimeSpan.FromDays(SessionDays);
    internal TimeSpan RefreshRetry => TimeSpan.FromSeconds(RefreshRetrySeconds);
}
