namespace MovieLms.ServiceDefaults.Access;

/// <summary>What every service must agree on about access tokens; bound from the section <c>Auth</c>.</summary>
public sealed class TokenOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Auth";

    /// <summary>The <c>iss</c> claim (RFC 7519, section 4.1.1).</summary>
    public string Issuer { get; set; } = "https://movielms.local";

    /// <summary>The <c>aud</c> claim (RFC 7519, section 4.1.3).</summary>
    public string Audience { get; set; } = "movielms";

    /// <summary>Where the other services read the public keys: a service-discovery name or a plain address.</summary>
    public string KeysAddress { get; set; } = "https+http://apiservice/.well-known/jwks.json";

    /// <summary>
    /// For how many minutes an access token may be valid at most; null where this process does not know the issuer's setting, then
    /// 60, which is the most that an issuer can be set to.
    /// </summary>
    public double? AccessTokenMinutes { get; set; }

    /// <summary>The time in seconds within which every token of a key that is no longer published is refused.</summary>
    public double KeysRefreshSeconds { get; set; } = 60;

    /// <summary>
    /// How old the keys, and the check of a remembered token against them, may be. Each gets half of <see cref="KeysRefreshSeconds"/>,
    /// because a token may be checked just before the keys are read anew.
    /// </summary>
    public TimeSpan KeysAge => TimeSpan.FromSeconds(KeysRefreshSeconds / 2);

    internal TimeSpan MaxLifetime => TimeSpan.FromMinutes(AccessTokenMinutes ?? 60);

    /// <summary>How many validated tokens a process remembers (at most twice as many for a moment).</summary>
    public int RememberedTokens { get; set; } = 10_000;
}
