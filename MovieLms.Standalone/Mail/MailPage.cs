using System.Net;
using Microsoft.AspNetCore.Http.HttpResults;
using MovieLms.ServiceDefaults.Access;

namespace MovieLms.Standalone.Mail;

/// <summary>The inbox of a Standalone: <c>/mail</c> for people, <c>/mail.json</c> for programs. For this machine and for admins only.</summary>
internal static class MailPage
{
    // A caught mail may hold anything: it is shown in a frame that runs and loads nothing.
    private const string Policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    internal static void MapMailPage(this IEndpointRouteBuilder endpoints, string folder)
    {
        var mails = new CaughtMails(folder);
        var group = endpoints.MapGroup("").AllowAnonymous().AddEndpointFilter(OnlyHereOrAdminAsync).ExcludeFromDescription();
        group.MapGet("/mail", async (HttpContext http, CancellationToken cancellationToken) =>
            Page(http, MailHtml.List(await mails.ListAsync(cancellationToken))));
        group.MapGet("/mail.json", async (CancellationToken cancellationToken) => TypedResults.Ok(await mails.ListAsync(cancellationToken)));
        group.MapGet("/mail/{name}", async Task<Results<ContentHttpResult, NotFound>> (string name, HttpContext http, CancellationToken cancellationToken) =>
            await mails.FindAsync(name, cancellationToken) is { } mail ? Page(http, MailHtml.Show(mail)) : TypedResults.NotFound());
        group.MapGet("/mail/{name}/attachments/{index:int}", async Task<Results<FileContentHttpResult, NotFound>> (string name, int index, CancellationToken cancellationToken) =>
            await mails.AttachmentAsync(name, index, cancellationToken) is (var fileName, var content)
                ? TypedResults.File(content, "application/octet-stream", fileName)
                : TypedResults.NotFound());
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

    private static ContentHttpResult Page(HttpContext http, string html)
    {
        http.Response.Headers.ContentSecurityPolicy = Policy;
        return TypedResults.Content(html, "text/html; charset=utf-8");
    }
}
