using System.Security.Claims;

namespace MovieLms.ServiceDefaults.Access;

/// <summary>Reads the caller's identity from a validated access token.</summary>
public static class CurrentUser
{
    /// <summary>The claim with the user's ID (RFC 7519, section 4.1.2).</summary>
    public const string IdClaim = "sub";

    /// <summary>The claim with the user's display name.</summary>
    public const string NameClaim = "name";

    /// <summary>The claim with the user's role.</summary>
    public const string RoleClaim = "role";

    /// <summary>Returns the user's ID, 24 hexadecimal digits.</summary>
    /// <exception cref="InvalidOperationException">No user is signed in: the endpoint does not require a permission.</exception>
    public static string Id(this ClaimsPrincipal user) =>
        user.FindFirst(IdClaim)?.Value
        ?? throw new InvalidOperationException("No user is signed in. The endpoint must require a permission.");

    /// <summary>Returns the user's role.</summary>
    public static string Role(this ClaimsPrincipal user) => user.FindFirst(RoleClaim)?.Value ?? string.Empty;

    /// <summary>Returns the user's display name.</summary>
    public static string Name(this ClaimsPrincipal user) => user.FindFirst(NameClaim)?.Value ?? string.Empty;

    /// <summary>Returns the session's ID, 24 hexadecimal digits.</summary>
    public static string SessionId(this ClaimsPrincipal user) => user.FindFirst(AccessToken.SessionClaim)?.Value ?? string.Empty;
}
