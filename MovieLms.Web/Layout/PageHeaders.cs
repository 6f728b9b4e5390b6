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

    /// <summary>As anti-forgery tokens require.</summary>
    private const string Private = "no-cache, no-store";

    internal static void Set(HttpContext http)
    {
        http.Response.Headers.ContentSecurityPolicy = Policy;
        // Describes pages to a script that is not used.
        http.Response.Headers.Remove("blazor-enhanced-nav");
        if (http.Visitor() is not null || BearerToken.Read(http.Request) is not null || http.Response.StatusCode >= 400)
            http.Response.Headers.CacheControl = Private;
        else
            http.Response.OnStarting(AllowStorageAsync, http.Response);
    }

    /// <summary>Lets a page show documents of this origin in a frame.</summary>
    internal static void AllowFrames(HttpContext http) => http.Response.Headers.ContentSecurityPolicy = Policy + "; frame-src 'self'";

    /// <summary>A form's anti-forgery token has set the header by then.</summary>
    private static Task AllowStorageAsync(object response)
    {
        ((HttpResponse)response).Headers.TryAdd("Cache-Control", "no-cache");
        return Task.CompletedTask;
    }
}
