using System.ComponentModel.DataAnnotations;

namespace MovieLms.ApiService.Identity.Settings;

/// <summary>What only the issuer of tokens needs to know; bound from the section <c>Auth</c>.</summary>
internal sealed class AuthOptions
{
    /// <summary>How long an access token is good.</summary>
    [Range(0.05, 60)]
    public double AccessTokenMinutes { get; set; } = 10;

    /// <summary>How long a refresh token is good; each use gives a new one.</summary>
    [Range(0.05, 60 * 24 * 90)]
    public double RefreshTokenMinutes { get; set; } = 40;

    /// <summary>How long a session lasts at most, however often it is refreshed; then one signs in again.</summary>
    [Range(0.001, 365)]
    public double SessionDays { get; set; } = 30;

    /// <summary>How long the last rotated refresh token may be sent again (a lost answer, parallel tabs).</summary>
    [Range(0, 120)]
    public int RefreshRetrySeconds { get; set; } = 10;

    /// <summary>BCrypt's work factor: 2^cost rounds. Each step doubles the time, which is measured in docs/security.md.</summary>
    [Range(4, 16)]
    public int BcryptCost { get; set; } = 11;

    /// <summary>How many passwords may be hashed at once; 0 for half the processors.</summary>
    [Range(0, 64)]
    public int ConcurrentHashes { get; set; }

    /// <summary>How many may wait for their turn before the answer is 503.</summary>
    [Range(1, 10_000)]
    public int QueuedHashes { get; set; } = 500;

    /// <summary>
    /// PEM texts, or paths of PEM files, of P-256 keys: the first, a private one, signs, and all are published. None: the
    /// product makes its own, keeps it in the database, and renews it.
    /// </summary>
    public string[] SigningKeys { get; set; } = [];

    /// <summary>How long a key of the product's own making signs.</summary>
    [Range(1, 3650)]
    public int KeyLifetimeDays { get; set; } = 90;

    /// <summary>
    /// Words that no password may contain beside the product's name, such as the name of the school; each has 3 to 60 characters.
    /// </summary>
    public string[] ForbiddenPasswordWords { get; set; } = [];

    internal TimeSpan AccessTokenLifetime => TimeSpan.FromMinutes(AccessTokenMinutes);
    internal TimeSpan RefreshTokenLifetime => TimeSpan.FromMinutes(RefreshTokenMinutes);
    internal TimeSpan MaxSessionLifetime => TimeSpan.FromDays(SessionDays);
    internal TimeSpan RefreshRetry => TimeSpan.FromSeconds(RefreshRetrySeconds);
}
