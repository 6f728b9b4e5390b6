using Microsoft.AspNetCore.Antiforgery;
using MovieLms.Web.Session;

namespace MovieLms.Web.Accounts;

/// <summary>Signs the visitor out.</summary>
internal static class SignOut
{
    /// <summary>Ends the session if a form of a page was sent, and shows the start page.</summary>
    internal static async Task<IResult> RunAsync(HttpContext http, IAntiforgery antiforgery, ConsoleSessions sessions)
    {
        if (await antiforgery.IsRequestValidAsync(http))
            await sessions.EndAsync(http);
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Redirect("/");
    }
}
