using Microsoft.AspNetCore.Http.HttpResults;
using MovieLms.ServiceDefaults.Access;
using MovieLms.Web.Session;

namespace MovieLms.Web.Accounts;

/// <summary>
/// The page to return to after a sign-in at a provider, which itself always ends at <c>/account/signed-in</c>. The browser keeps it in a
/// cookie that only that page receives.
/// </summary>
internal static class ProviderReturn
{
    private const string CookieName = "movielms-return";
    private const string CookiePath = "/account/signed-in";

    /// <summary>As long as the API accepts the result of the sign-in.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    /// <summary>Begins the sign-in at a provider.</summary>
    internal static RedirectHttpResult Begin(string provider, string? returnUrl, HttpContext http, IConfiguration configuration)
    {
        var isSecure = SecureCookies.AreEnabled(http, configuration);
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Cookies.Append(
            CookieName,
            ReturnUrl.GetLocal(returnUrl),
            new CookieOptions
            {
                HttpOnly = true,
                IsEssential = true,
                SameSite = SameSiteMode.Lax,
                Secure = isSecure,
                Path = CookiePath,
                MaxAge = Lifetime,
            }
        );
        return TypedResults.Redirect($"/api/auth/{Uri.EscapeDataString(provider)}");
    }

    /// <summary>Returns the page that the visitor came from; null if the visitor did not come from a provider.</summary>
    internal static string? Read(HttpContext http) => http.Request.Cookies[CookieName];
}
