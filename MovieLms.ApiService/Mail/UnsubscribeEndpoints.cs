using Microsoft.AspNetCore.Http.HttpResults;
using MovieLms.ApiService.Http;
using MovieLms.Data.Digests;

namespace MovieLms.ApiService.Mail;

/// <summary>
/// Ends the weekly digest by the link that each one carries. Mail programs post to it (RFC 8058) without cookies or a token; a
/// person opens it and presses a button, because programs that look at links beforehand must not end anything.
/// </summary>
internal static class UnsubscribeEndpoints
{
    private const string Policy = "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    internal static void MapMail(this IEndpointRouteBuilder endpoints)
    {
        var links = endpoints
            .MapArea("/api/mail/unsubscribe/{token}", "Mail")
            .AllowAnonymous()
            .ProducesProblem(StatusCodes.Status404NotFound);
        links
            .MapGet("/", AskAsync)
            .WithName("askUnsubscribe")
            .WithSummary("The page that a digest's link opens.")
            .Produces(StatusCodes.Status200OK, contentType: "text/html");
        links
            .MapPost("/", EndAsync)
            .WithName("unsubscribe")
            .WithSummary("Ends the weekly digest; also by a mail program's one click (RFC 8058).")
            .DisableAntiforgery()
            .Produces(StatusCodes.Status200OK, contentType: "text/html");
    }

    private static async Task<Results<ContentHttpResult, ProblemHttpResult>> AskAsync(
        string token,
        UnsubscribeLinks links,
        HttpContext http
    ) =>
        await links.VerifyAsync(token, http.RequestAborted) is null
            ? Unknown()
            : Page(http, "Weekly digest", "<form method=\"post\"><button>Send me no more weekly digests</button></form>");

    private static async Task<Results<ContentHttpResult, ProblemHttpResult>> EndAsync(
        string token,
        UnsubscribeLinks links,
        DigestStore digests,
        HttpContext http
    ) =>
        await links.VerifyAsync(token, http.RequestAborted) is { } user && await digests.UnsubscribeAsync(user, http.RequestAborted)
            ? Page(http, "Done", "<p>You get no more weekly digests. Your profile's mail preferences turn them on again.</p>")
            : Unknown();

    private static ProblemHttpResult Unknown() =>
        TypedResults.Problem(
            statusCode: StatusCodes.Status404NotFound,
            detail: "This link is not one of ours, or it was cut off. Copy it whole from the mail."
        );

    private static ContentHttpResult Page(HttpContext http, string title, string body)
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
