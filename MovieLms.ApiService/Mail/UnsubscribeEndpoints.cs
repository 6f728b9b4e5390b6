using Microsoft.AspNetCore.Http.HttpResults;
using MovieLms.ApiService.Http;
using MovieLms.ApiService.Http.Strict;
using MovieLms.Data.Digests;

namespace MovieLms.ApiService.Mail;

/// <summary>
/// Unsubscribes from the weekly digest through the link in each digest. Mail clients post to it (RFC 8058) without cookies or a token.
/// People open it and press a button, so that programs that prefetch links do not unsubscribe anyone.
/// </summary>
internal static class UnsubscribeEndpoints
{
    private const string Policy = "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    internal static void MapMail(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapOutbox();
        var links = endpoints
            .MapArea("/api/mail/unsubscribe/{token}", "Mail")
            .AllowAnonymous()
            .IgnoreUnknownParameters()
            .ProducesProblem(StatusCodes.Status404NotFound);
        links
            .MapGet("/", GetPageAsync)
            .WithName("askUnsubscribe")
            .WithSummary("Show the unsubscribe page")
            .WithDescription("The HTML page that the link in a weekly digest opens. It changes nothing until its button is pressed.")
            .Produces(StatusCodes.Status200OK, contentType: "text/html");
        links
            .MapPost("/", UnsubscribeAsync)
            .WithName("unsubscribe")
            .WithSummary("Unsubscribe from the weekly digest")
            .WithDescription("Also supports one-click unsubscription by mail programs (RFC 8058). Responds with an HTML page.")
            .DisableAntiforgery()
            .Produces(StatusCodes.Status200OK, contentType: "text/html");
    }

    private static async Task<Results<ContentHttpResult, ProblemHttpResult>> GetPageAsync(
        string token,
        UnsubscribeLinks links,
        HttpContext http
    ) =>
        await links.VerifyAsync(token, http.RequestAborted) is null
            ? InvalidLink()
            : RenderPage(http, "Weekly digest", "<form method=\"post\"><button>Unsubscribe from the weekly digest</button></form>");

    private static async Task<Results<ContentHttpResult, ProblemHttpResult>> UnsubscribeAsync(
        string token,
        UnsubscribeLinks links,
        DigestStore digests,
        HttpContext http
    ) =>
        await links.VerifyAsync(token, http.RequestAborted) is { } user && await digests.UnsubscribeAsync(user, http.RequestAborted)
            ? RenderPage(http, "Unsubscribed", "<p>You can turn the weekly digest on again in the mail preferences of your profile.</p>")
            : InvalidLink();

    private static ProblemHttpResult InvalidLink() =>
        TypedResults.Problem(
            statusCode: StatusCodes.Status404NotFound,
            detail: "The link is invalid or incomplete. Copy the whole link from the e-mail."
        );

    private static ContentHttpResult RenderPage(HttpContext http, string title, string body)
    {
        http.Response.Headers.ContentSecurityPolicy = Policy;
        return TypedResults.Content(
            $"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
            <meta name="referrer" content="no-referrer"><title>{title} - MovieLms</title></head>
            <body><h1>{title}</h1>{body}</body></html>
            """,
            "text/html; charset=utf-8"
        );
    }
}
