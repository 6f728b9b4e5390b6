using System.Security.Claims;

namespace MovieLms.ServiceDefaults.Access;

/// <summary>An access token whose signature and claims were checked.</summary>
/// <param name="User">The claims, as they stand in the token. Shared by requests: never changed.</param>
/// <param name="UserId">The <c>sub</c> claim.</param>
/// <param name="SessionId">The <c>sid</c> claim: the sign-in it came from.</param>
/// <param name="TokenId">The <c>jti</c> claim.</param>
/// <param name="Generation">The <c>gen</c> claim: how often the user's tokens have been revoked together before it was made.</param>
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
    /// <summary>The claim with the sign-in's id (OpenID Connect Front-Channel Logout 1.0, section 3).</summary>
    public const string SessionClaim = "sid";

    /// <summary>The claim with the generation of the user's tokens.</summary>
    public const string GenerationClaim = "gen";

    /// <summary>The header's <c>typ</c> (RFC 9068, section 2.1): no other token of this issuer can pass as an access token.</summary>
    public const string Type = "at+jwt";

    /// <summary>Tokens longer than this are refused unread.</summary>
    public const int MaxTextLength = 4_096;
}
