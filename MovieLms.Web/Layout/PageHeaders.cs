using MovieLms.ServiceDefaults.Access;
using MovieLms.Web.Session;

namespace MovieLms.Web.Layout;

/// <summary>The headers of every page.</summary>
internal static class PageHeaders
{
    /// <summary>The strictest policy with which the pages work: nothing inline, nothing from elsewhere.</summary>
    internal const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
        + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    internal static void Set(HttpContext http)
    {
        http.Response.Headers.ContentSecurityPolicy = Policy;
        // Describes pages to a script that is not used.
        http.Response.Headers.Remove("blazor-enhanced-nav");
        http.Response.Headers.CacheControl =
            http.Visitor() is null && BearerToken.Read(http.Request) is null && http.Response.StatusCode < 400 ? "no-cache" : "no-store";
    }
}
