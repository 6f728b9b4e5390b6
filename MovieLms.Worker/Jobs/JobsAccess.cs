using System.Security.Cryptography;
using System.Text;
using MovieLms.Application.Access;

namespace MovieLms.Worker.Jobs;

/// <summary>
/// Decides who may use the dashboard: administrators, by their access token. The console's session becomes one before the request arrives
/// here, so browsers sign in at the console like for any other page.
/// </summary>
internal static class JobsAccess
{
    private const string SignInPage = "/sign-in?returnUrl=";

    private const string Style = """
        :root{color-scheme:light dark;--page:#f4f1ec;--text:#1d1d1f;--link:#8a1c2b}
        @media (prefers-color-scheme:dark){:root{--page:#161416;--text:#f1eeea;--link:#ff8c9b}}
        body{margin:0 auto;max-width:40rem;padding:12vh 20px;background:var(--page);color:var(--text);font:16px/1.55 system-ui,sans-serif}
        h1{font-size:28px;line-height:1.15} a{color:var(--link)}
        """;

    private static readonly string ForbiddenPage = $"""
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
        <title>Not allowed - MovieLms</title><style>{Style}</style></head>
        <body><main><h1>Only administrators can see the jobs</h1>
        <p>Your account has no permission for this page. <a href="/">Start page</a></p></main></body></html>
        """.ReplaceLineEndings("\n");

    private static readonly string ForbiddenPagePolicy =
        $"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; style-src 'sha256-{HashOf(Style)}'";

    /// <summary>Returns null if the caller may use the dashboard; otherwise the response.</summary>
    internal static IResult? GetRejection(HttpContext context)
    {
        var isBrowser = context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);
        if (context.User.Identity?.IsAuthenticated != true)
            return isBrowser ? TypedResults.Redirect(SignInPage + GetReturnUrl(context.Request)) : Unauthorized(context);
        if (context.User.Can(Permissions.JobsManage))
            return null;
        return isBrowser
            ? Forbidden(context)
            : TypedResults.Problem(statusCode: StatusCodes.Status403Forbidden, detail: "Only administrators may use the jobs dashboard.");
    }

    /// <summary>The response to a write leads to no page, so the visitor returns to the dashboard.</summary>
    private static string GetReturnUrl(HttpRequest request) =>
        Uri.EscapeDataString(HttpMethods.IsGet(request.Method) ? request.Path.ToUriComponent() + request.QueryString : JobsDashboard.Path);

    private static IResult Unauthorized(HttpContext context)
    {
        context.Response.Headers.WWWAuthenticate = "Bearer realm=\"MovieLms\"";
        return TypedResults.Problem(statusCode: StatusCodes.Status401Unauthorized);
    }

    private static IResult Forbidden(HttpContext context)
    {
        context.Response.Headers.ContentSecurityPolicy = ForbiddenPagePolicy;
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Content(ForbiddenPage, "text/html; charset=utf-8", statusCode: StatusCodes.Status403Forbidden);
    }

    private static string HashOf(string text) =>
        Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\n"))));
}
