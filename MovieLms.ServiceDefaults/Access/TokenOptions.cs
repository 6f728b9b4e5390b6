namespace MovieLms.ServiceDefaults.Access;

/// <summary>Access token settings that all services share; bound from the section <c>Auth</c>.</summary>
public sealed class TokenOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Auth";

    /// <summary>The <c>iss</c> claim (RFC 7519, section 4.1.1).</summary>
    public string Issuer { get; set; } = "https://movielms.local";

    /// <summary>The <c>aud</c> claim (RFC 7519, section 4.1.3).</summary>
    public string Audience { get; set; } = "movielms";

    /// <summary>The URL from which other services read the public keys. The host may be a service-discovery name.</summary>
    public string KeysAddress { get; set; } = "https+http://apiservice/.well-known/jwks.json";

    /// <summary>
    /// Maximum lifetime of an access token in minutes. Null if this process does not know the issuer's setting; then 60 applies, the
    /// maximum that can be configured.
    /// </summary>
    public double? AccessTokenMinutes { get; set; }

    /// <summary>Time in seconds after which all tokens of a key that is no longer published are rejected.</summary>
    public double KeysRefreshSeconds { get; set; } = 60;

    /// <summary>
    /// Maximum age of the keys, and of the validation of a cached token. Each gets half of <see cref="KeysRefreshSeconds"/>, because a
    /// token may be validated just before the keys are read again.
    /// </summary>
    public TimeSpan KeysAge => TimeSpan.FromSeconds(KeysRefreshSeconds / 2);

    internal TimeSpan MaxLifetime => TimeSpan.FromMinutes(AccessTokenMinutes ?? 60);

    /// <summary>Number of validated tokens that a process caches. It may briefly hold up to twice as many.</summary>
    public int RememberedTokens { get; set; } = 10_000;
}
