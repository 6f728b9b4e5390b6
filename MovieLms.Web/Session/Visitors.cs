using System.Security.Claims;
using MovieLms.ServiceDefaults.Access;

namespace MovieLms.Web.Session;

/// <summary>The visitor of a page. A program that sends an access token itself has no session and is nobody to a page.</summary>
public static class Visitors
{
    /// <summary>Returns the visitor who is signed in, or null.</summary>
    public static ClaimsPrincipal? Visitor(this HttpContext http) =>
        http.Features.Get<IVisitorSession>() is not null && http.User.Identity?.IsAuthenticated == true ? http.User : null;

    /// <summary>Returns whether the visitor may change the catalogue.</summary>
    public static bool CanEditMovies(this ClaimsPrincipal? visitor) => visitor?.Role() is Roles.Instructor or Roles.Admin;
}
