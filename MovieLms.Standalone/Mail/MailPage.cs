using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace MovieLms.Standalone.Mail;

/// <summary>The inbox of the mail catcher: <c>/mail</c> for people, <c>/mail.json</c> for programs.</summary>
internal static class MailPage
{
    // A message may contain anything. It is shown in a frame that runs and loads nothing.
    private const string Policy =
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    private const string Pdf = "application/pdf";

    /// <param name="folder">The mail catcher's folder.</param>
    internal static void MapMailPage(this IEndpointRouteBuilder endpoints, string folder)
    {
        var mails = new CaughtMails(folder);
        var hosts = endpoints.ServiceProvider.GetRequiredService<IConfiguration>().GetSection("Mail:AllowedHosts").Get<string[]>() ?? [];
        var access = new MailAccess(hosts);
        var group = endpoints.MapGroup("").AllowAnonymous().AddEndpointFilter(access).ExcludeFromDescription();
        group.MapGet(
            "/mail",
            async (HttpContext http, CancellationToken cancellationToken) =>
                Page(http, MailHtml.List(await mails.ListAsync(cancellationToken)))
        );
        group.MapGet(
            "/mail.json",
            async (CancellationToken cancellationToken) => TypedResults.Ok(await mails.ListAsync(cancellationToken))
        );
        group.MapGet(
            "/mail/{name}",
            async Task<Results<ContentHttpResult, NotFound>> (string name, HttpContext http, CancellationToken cancellationToken) =>
                await mails.FindAsync(name, cancellationToken) is { } mail ? Page(http, MailHtml.Show(mail)) : TypedResults.NotFound()
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
                    ? Attachment(http, attachment)
                    : TypedResults.NotFound()
        );
    }

    private static ContentHttpResult Page(HttpContext http, string html)
    {
        http.Response.Headers.ContentSecurityPolicy = Policy;
        return TypedResults.Content(html, "text/html; charset=utf-8");
    }

    /// <summary>Shows a PDF in the browser, so that reports can be previewed. Any other type could run scripts and is downloaded.</summary>
    private static FileContentHttpResult Attachment(HttpContext http, CaughtAttachment attachment)
    {
        if (!attachment.ContentType.Equals(Pdf, StringComparison.OrdinalIgnoreCase))
            return TypedResults.File(attachment.Content, "application/octet-stream", attachment.FileName);
        var disposition = new ContentDispositionHeaderValue("inline");
        disposition.SetHttpFileName(attachment.FileName);
        http.Response.Headers.ContentDisposition = disposition.ToString();
        return TypedResults.File(attachment.Content, Pdf);
    }
}
