using Microsoft.AspNetCore.Antiforgery;
using MovieLms.Web.Gateway;

namespace MovieLms.Web.Session;

/// <summary>
/// Turns the session cookie of a browser into what the other code expects: an access token for the services, which know nothing else,
/// and the visitor for the pages. Requests without the cookie, or with credentials of their own, are unchanged.
/// </summary>
/// <remarks>
/// A service receives the token only if the browser does not report another origin and, for a method that may write, if the request
/// carries the anti-forgery header of a page. Connections to the hub and the jobs dashboard, whose scripts do not know the header, must
/// instead come from a page of the same origin.
/// </remarks>
internal sealed class SessionToBearer(
    RequestDelegate next,
    ConsoleSessions sessions,
    SessionCookie cookie,
    IAntiforgery antiforgery,
    IConfiguration configuration
)
{
    private static readonly string[] WithoutSession = ["/_framework", "/assets", "/alive", "/health", "/favicon.svg", "/robots.txt"];
    private static readonly string[] WithoutAntiforgery = ["/hubs", "/jobs"];

    public Task InvokeAsync(HttpContext context) =>
        context.Request.Headers.Cookie.Count > 0 && cookie.Read(context) is { } key ? InvokeAsync(context, key) : next(context);

    private async Task InvokeAsync(HttpContext context, string key)
    {
        if (GatewayRoutes.Contains(context.Request.Path))
        {
            cookie.Remove(context);
            if (!HasCredentials(context.Request))
                await AuthorizeAsync(context, key);
        }
        else if (!StartsWithAny(context.Request.Path, WithoutSession))
        {
            if (await sessions.FindAsync(key, context) is { } session)
                ConsoleSessions.Use(context, session);
            else
                cookie.Delete(context);
        }

        await next(context);
    }

    /// <summary>Sets the access token for a service if the request may have it.</summary>
    private async Task AuthorizeAsync(HttpContext context, string key)
    {
        var request = context.Request;
        var origin = request.GetOrigin(configuration);
        if (origin == RequestOrigin.Foreign)
            return;
        var isRead = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
        var needsHeader = !isRead && !StartsWithAny(request.Path, WithoutAntiforgery);
        if (!isRead && !needsHeader && origin != RequestOrigin.Own)
            return;
        if (needsHeader && !request.Headers.ContainsKey(VisitorSessionExtensions.AntiforgeryHeader))
            return;
        if (await sessions.FindAsync(key, context) is not { } session)
            return;
        if (needsHeader && !await HasValidHeaderAsync(context, session))
            return;
        request.Headers.Authorization = $"Bearer {session.AccessToken}";
    }

    /// <summary>The header is valid for the visitor for whom the page was rendered.</summary>
    private async Task<bool> HasValidHeaderAsync(HttpContext context, VisitorSession session)
    {
        var caller = context.User;
        context.User = session.User;
        try
        {
            return await antiforgery.IsRequestValidAsync(context);
        }
        finally
        {
            // The service decides who calls it, by the token alone.
            context.User = caller;
        }
    }

    private static bool HasCredentials(HttpRequest request) =>
        request.Headers.Authorization.Count > 0 || (request.Path.StartsWithSegments("/hubs") && request.Query.ContainsKey("access_token"));

    private static bool StartsWithAny(PathString path, string[] prefixes) => prefixes.Any(prefix => path.StartsWithSegments(prefix));
}
