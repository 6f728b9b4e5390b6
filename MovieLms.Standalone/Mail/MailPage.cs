using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using MovieLms.ServiceDefaults.Access;

namespace MovieLms.Standalone.Mail;

/// <summary>The inbox of a Standalone: <c>/mail</c> for people, <c>/mail.json</c> for programs. For this machine and for admins only.</summary>
internal static class MailPage
{
    private const string PageStyle = "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:1rem auto;padding:0 1rem}td{padding:.25rem .75rem .25rem 0}iframe{width:100%;height:30rem;border:1px solid #ccc}pre{white-space:pre-wrap}";
    // A caught mail may hold anything: it is shown in a frame that runs and loads nothing.
    private const string Policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

    internal static void MapMailPage(this IEndpointRouteBuilder endpoints, string folder)
    {
        var mails = new CaughtMails(folder);
        var group = endpoints.MapGroup("").AllowAnonymous().AddEndpointFilter(OnlyHereOrAdminAsync).ExcludeFromDescription();
        group.MapGet("/mail", async (HttpContext http, CancellationToken cancellationToken) => Page(http, List(await mails.ListAsync(cancellationToken))));
        group.MapGet("/mail.json", async (CancellationToken cancellationToken) => TypedResults.Ok(await mails.ListAsync(cancellationToken)));
        group.MapGet("/mail/{name}", async Task<Results<ContentHttpResult, NotFound>> (string name, HttpContext http, CancellationToken cancellationToken) =>
            await mails.FindAsync(name, cancellationToken) is { } mail ? Page(http, Show(mail)) : TypedResults.NotFound());
    }

    private static async ValueTask<object?> OnlyHereOrAdminAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        // A proxy on this machine makes every visitor look local.
        var isProxied = http.Request.Headers.ContainsKey("X-Forwarded-For") || http.Request.Headers.ContainsKey("Forwarded");
        var isHere = !isProxied && http.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address);
        if (!isHere && !http.User.Can(Permissions.UsersManage)) return TypedResults.NotFound();
        http.Response.Headers.CacheControl = "no-store";
        return await next(context);
    }

    private static ContentHttpResult Page(HttpContext http, string body)
    {
        http.Response.Headers.ContentSecurityPolicy = Policy;
        return TypedResults.Content(
            $"<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>Caught mail - MovieLms</title><style>{PageStyle}</style></head><body>{body}</body></html>",
            "text/html; charset=utf-8");
    }

    private static string List(IReadOnlyList<CaughtMail> mails)
    {
        var html = new StringBuilder("<h1>Caught mail</h1>");
        if (mails.Count == 0) html.Append("<p>Nothing yet. What MovieLms would send arrives here.</p>");
        html.Append("<table>");
        foreach (var mail in mails)
        {
            html.Append("<tr><td>").Append(mail.Date.ToString("u", CultureInfo.InvariantCulture)).Append("</td><td>").Append(Escape(mail.To))
                .Append("</td><td><a href=\"/mail/").Append(Escape(mail.Name)).Append("\">").Append(Escape(mail.Subject)).Append("</a></td></tr>");
        }
        return html.Append("</table>").ToString();
    }

    private static string Show(CaughtMail mail)
    {
        var html = new StringBuilder("<p><a href=\"/mail\">All mail</a></p><h1>").Append(Escape(mail.Subject)).Append("</h1><p>To ").Append(Escape(mail.To))
            .Append(", ").Append(mail.Date.ToString("u", CultureInfo.InvariantCulture)).Append("</p>");
        if (mail.Attachments.Count > 0) html.Append("<p>With ").Append(Escape(string.Join(", ", mail.Attachments))).Append("</p>");
        if (mail.Html is not null) html.Append("<iframe sandbox srcdoc=\"").Append(Escape(mail.Html)).Append("\"></iframe>");
        return html.Append("<h2>As plain text</h2><pre>").Append(Escape(mail.Text)).Append("</pre>").ToString();
    }

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}
