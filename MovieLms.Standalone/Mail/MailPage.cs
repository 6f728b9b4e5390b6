using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace MovieLms.Standalone.Mail;

/// <summary>The inbox of the mail catcher: <c>/mail</c> as HTML and <c>/mail.json</c> as JSON.</summary>
internal static class MailPage
{
    private const string Policy =
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; "
        + "frame-ancestors 'none'";

    /// <summary>A message may contain anything. The policy blocks scripts and external resources.</summary>
    private const string MessagePolicy =
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; frame-ancestors 'self'; "
        + "sandbox allow-popups allow-popups-to-escape-sandbox";

    private const string DocumentPolicy = "frame-ancestors 'self'";
    private const string SameOrigin = "SAMEORIGIN";
    private const string Pdf = "application/pdf";

    /// <summary>Maps the inbox of the mail catcher that stores its messages in <paramref name="folder"/>.</summary>
    internal static void MapMailPage(this IEndpointRouteBuilder endpoints, string folder)
    {
        var mails = new CaughtMails(folder);
        var hosts = endpoints.ServiceProvider.GetRequiredService<IConfiguration>().GetSection("Mail:AllowedHosts").Get<string[]>() ?? [];
        var access = new MailAccess(hosts);
        var group = endpoints.MapGroup("").AllowAnonymous().AddEndpointFilter(access).ExcludeFromDescription();
        group.MapGet(
            "/mail",
            async (HttpContext http, CancellationToken cancellationToken) =>
                CreatePage(http, MailHtml.RenderList(await mails.ListAsync(cancellationToken)))
        );
        group.MapGet(
            "/mail.json",
            async (CancellationToken cancellationToken) => TypedResults.Ok(await mails.ListAsync(cancellationToken))
        );
        group.MapGet(
            "/mail/{name}",
            async Task<Results<ContentHttpResult, NotFound>> (
                string name,
                string? view,
                int? attachment,
                HttpContext http,
                CancellationToken cancellationToken
            ) =>
                await mails.FindAsync(name, cancellationToken) is { } mail
                && (attachment is null || (attachment >= 0 && attachment < mail.Attachments.Count))
                    ? CreatePage(http, MailHtml.RenderMail(mail, new MailView(view == "text", attachment)))
                    : TypedResults.NotFound()
        );
        group.MapGet(
            "/mail/{name}/html",
            async Task<Results<ContentHttpResult, NotFound>> (string name, HttpContext http, CancellationToken cancellationToken) =>
                await mails.FindAsync(name, cancellationToken) is { Html: not null } mail
                    ? CreateMessage(http, mail)
                    : TypedResults.NotFound()
        );
        group.MapGet(
            "/mail/{name}/attachments/{index:int}",
            async Task<Results<FileContentHttpResult, NotFound>> (
                string name,
                int index,
                HttpContext http,
                CancellationToken cancellationToken
            ) =>
                await mails.FindAttachmentAsync(name, index, cancellationToken) is { } attachment
                    ? CreateAttachment(http, attachment)
                    : TypedResults.NotFound()
        );
    }

    private static ContentHttpResult CreatePage(HttpContext http, string html)
    {
        http.Response.Headers.ContentSecurityPolicy = Policy;
        return TypedResults.Content(html, "text/html; charset=utf-8");
    }

    /// <summary>Sends a message for a frame of this origin. Opened on its own, it is sandboxed, too.</summary>
    private static ContentHttpResult CreateMessage(HttpContext http, CaughtMail mail)
    {
        http.Response.Headers.ContentSecurityPolicy = MessagePolicy;
        http.Response.Headers.XFrameOptions = SameOrigin;
        return TypedResults.Content(MailHtml.GetMessage(mail), "text/html; charset=utf-8");
    }

    /// <summary>Shows a PDF in the browser, to preview reports. Other types are downloaded, because they could run scripts.</summary>
    private static FileContentHttpResult CreateAttachment(HttpContext http, CaughtAttachment attachment)
    {
        if (!attachment.ContentType.Equals(Pdf, StringComparison.OrdinalIgnoreCase))
            return TypedResults.File(attachment.Content, "application/octet-stream", attachment.FileName);
        var disposition = new ContentDispositionHeaderValue("inline");
        disposition.SetHttpFileName(attachment.FileName);
        var headers = http.Response.Headers;
        headers.ContentDisposition = disposition.ToString();
        headers.ContentSecurityPolicy = DocumentPolicy;
        headers.XFrameOptions = SameOrigin;
        return TypedResults.File(attachment.Content, Pdf);
    }
}
