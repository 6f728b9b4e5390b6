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

    /// <summary>How many validated tokens a process remembers (at most twice as many for a moment).</summary>
    public int RememberedTokens { get; set; } = 10_000;
}
