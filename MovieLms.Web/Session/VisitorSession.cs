using System.Security.Claims;
using MovieLms.Data.Identity;

namespace MovieLms.Web.Session;

/// <summary>The tokens that a sign-in or a refresh returns.</summary>
/// <param name="ExpiresIn">Seconds until the access token expires.</param>
public sealed record SessionTokens(string AccessToken, string RefreshToken, int ExpiresIn);

/// <summary>A stored session with its tokens decrypted.</summary>
/// <param name="Stored">The session as it is stored.</param>
/// <param name="Tokens">The decrypted tokens.</param>
/// <param name="User">The visitor's ID, name and role, as the access token has them. Requests share this object.</param>
internal sealed record VisitorSession(ConsoleSessionDocument Stored, SessionTokens Tokens, ClaimsPrincipal User) : IVisitorSession
{
    public string AccessToken => Tokens.AccessToken;
}
