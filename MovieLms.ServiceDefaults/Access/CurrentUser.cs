using System.Security.Claims;

namespace MovieLms.ServiceDefaults.Access;

/// <summary>Who calls, read from a validated access token.</summary>
public static class CurrentUser
{
    /// <summary>The claim that holds the user's id (RFC 7519, section 4.1.2).</summary>
    public const string IdClaim = "sub";

    /// <summary>The claim that holds the name that others see.</summary>
    public const string NameClaim = "name";

    /// <summary>The claim that holds the role.</summary>
    public const string RoleClaim = "role";

    /// <summary>The user's id, 24 hexadecimal digits.</summary>
    /// <exception cref="InvalidOperationException">Nobody is signed in: the endpoint lacks a permission.</exception>
    public static string Id(this ClaimsPrincipal user) =>
        user.FindFirst(IdClaim)?.Value
        ?? throw new InvalidOperationException("Nobody is signed in, and the endpoint asked for no permission.");

    /// <summary>The user's role.</summary>
    public static string Role(this ClaimsPrincipal user) => user.FindFirst(RoleClaim)?.Value ?? string.Empty;

    /// <summary>The name that others see.</summary>
    public static string Name(this ClaimsPrincipal user) => user.FindFirst(NameClaim)?.Value ?? string.Empty;

    /// <summary>The sign-in that the token came from, 24 hexadecimal digits.</summary>
    public static string SessionId(this ClaimsPrincipal user) => user.FindFirst(AccessToken.SessionClaim)?.Value ?? string.Empty;
}
