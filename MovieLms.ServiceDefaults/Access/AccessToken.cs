using System.Security.Claims;

namespace MovieLms.ServiceDefaults.Access;

/// <summary>A validated access token.</summary>
/// <param name="User">The user's claims. Requests share this object, so it must not be changed.</param>
/// <param name="UserId">The <c>sub</c> claim.</param>
/// <param name="SessionId">The <c>sid</c> claim: the ID of the session.</param>
/// <param name="TokenId">The <c>jti</c> claim.</param>
/// <param name="Generation">The <c>gen</c> claim: how many times all of the user's tokens had been revoked when it was issued.</param>
/// <param name="ExpiresAt">The <c>exp</c> claim.</param>
public sealed record AccessToken(
    ClaimsPrincipal User,
    string UserId,
    string SessionId,
    string TokenId,
    long Generation,
    DateTimeOffset ExpiresAt
)
{
    /// <summary>The claim with the session's ID (OpenID Connect Front-Channel Logout 1.0, section 3).</summary>
    public const string SessionClaim = "sid";

    /// <summary>The claim with the generation of the user's tokens.</summary>
    public const string GenerationClaim = "gen";

    /// <summary>The header's <c>typ</c> (RFC 9068, section 2.1): no other token of this issuer is accepted as an access token.</summary>
    public const string Type = "at+jwt";

    /// <summary>Maximum length of a token in characters. Longer tokens are rejected unread.</summary>
    public const int MaxTextLength = 4_096;
}
