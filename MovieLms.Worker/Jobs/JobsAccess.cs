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
        :root{color-scheme:light dark;--page:#f7f4ef;--surface:#fff;--line:#e2dbd0;--text:#1f1b19;--muted:#625b54;--brand:#8a1c2b;--on:#fff}
        @media (prefers-color-scheme:dark){:root{--page:#151315;--surface:#1f1c1f;--line:#383238;--text:#f2eeea;--muted:#b5ada6;
        --brand:#ff8c9b;--on:#2b070e}}
        body{margin:0;background:var(--page);color:var(--text);font:16px/1.6 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
        header{padding:0 clamp(16px,4vw,40px);background:var(--surface);border-bottom:1px solid var(--line)}
        header a{display:inline-block;padding:20px 0;color:var(--text);font:600 20px/1.2 "Palatino Linotype",Palatino,P052,Georgia,serif}
        main{max-width:1200px;margin:0 auto;padding:clamp(32px,10vh,96px) clamp(16px,4vw,40px)}
        h1{margin:0 0 16px;font:600 clamp(32px,5vw,52px)/1.15 "Palatino Linotype",Palatino,P052,Georgia,serif}
        p{margin:0 0 24px;color:var(--muted);font-size:18px} a{text-decoration:none} a:focus-visible{outline:3px solid var(--brand);outline-offset:2px}
        .button{display:inline-block;padding:10px 24px;background:var(--brand);border-radius:6px;color:var(--on);font-weight:600}
        """;

    private static readonly string ForbiddenPage = $"""
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
        <title>Not allowed - MovieLms</title><style>{Style}</style></head>
        <body><header><a href="/">MovieLms</a></header><main><h1>Only administrators can see the jobs</h1>
        <p>Your account has no permission for this page.</p><a class="button" href="/">Start page</a></main></body></html>
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
