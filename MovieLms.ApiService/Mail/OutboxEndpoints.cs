using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using MovieLms.ApiService.Exports;
using MovieLms.ApiService.Http;
using MovieLms.ApiService.Identity.Audit;
using MovieLms.Application.Access;
using MovieLms.Data.Mail;
using MovieLms.Data.Paging;

namespace MovieLms.ApiService.Mail;

/// <summary>A mail of the outbox. Its content is never returned, because it may contain a link or code that signs somebody in.</summary>
internal sealed record OutboxMailResponse(
    string Id,
    MailState State,
    string To,
    string Subject,
    [property: Description("Names of the attachments; empty after the mail was sent.")] IReadOnlyList<string> Attachments,
    [property: Description("How often it was tried, including a try in progress.")] int Attempts,
    [property: Description("The kind of the last failure; null if there was none, or the mail was sent.")] string? LastError,
    DateTimeOffset CreatedAt,
    [property: Description("When it is tried next, or when a try in progress counts as failed; null if it is due or no longer queued.")]
        DateTimeOffset? NextAttemptAt,
    DateTimeOffset? SentAt
)
{
    internal static OutboxMailResponse From(QueuedMail mail) =>
        new(
            mail.Id.ToString(),
            mail.State,
            mail.To,
            mail.Subject,
            [.. mail.Attachments.Select(attachment => attachment.Name)],
            mail.Attempts,
            mail.LastError,
            mail.CreatedAt,
            mail.State == MailState.Queued && mail.DueAt > DateTimeOffset.UnixEpoch ? mail.DueAt : null,
            mail.SentAt
        );
}

/// <summary>The outbox for administrators.</summary>
internal static class OutboxEndpoints
{
    internal static void MapOutbox(this IEndpointRouteBuilder endpoints)
    {
        var mails = endpoints
            .MapArea("/api/outbox", "Mail")
            .RequirePermission(Permissions.MailManage)
            .WithNoStore()
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status403Forbidden);
        mails
            .MapGet("/", ListAsync)
            .WithName("listOutbox")
            .WithExport<OutboxMailResponse>("outbox")
            .WithSummary("List outgoing mail")
            .WithDescription(
                "Mail that waits, was sent in the last 7 days, or failed in the last 30 days, newest first. Without the content, because it may "
                    + "contain links and codes."
            )
            .ProducesValidationProblem();
        mails
            .MapPost("/{id}/retry", RetryAsync)
            .WithName("retryMail")
            .WithSummary("Retry a failed mail")
            .WithDescription("Queues a mail that failed permanently again, with all its attempts. A queued mail is retried by itself.")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<Ok<Page<OutboxMailResponse>>> ListAsync(
        [Choices<MailState>, Description("queued, sent or dead (failed permanently); any by default.")] string? state,
        [AsParameters] PageQuery page,
        OutboxStore outbox,
        CancellationToken cancellationToken
    )
    {
        var position = page.GetPosition(OutboxStore.Sort, key => key.IsBsonNull);
        var stateFilter = QueryValues.ParseEnum<MailState>("state", state);
        var found = await outbox.ListAsync(stateFilter, position, page.GetSize(), cancellationToken);
        return TypedResults.Ok(found.Select(OutboxMailResponse.From));
    }

    private static async Task<Results<Ok<OutboxMailResponse>, ProblemHttpResult>> RetryAsync(
        [Description("The mail's ID")] string id,
        OutboxStore outbox,
        AuditLog audit,
        CancellationToken cancellationToken
    )
    {
        if (!Problems.TryParseId(id, out var mailId) || await outbox.RetryAsync(mailId, cancellationToken) is not (var mail, var isRetried))
            return Problems.NotFound("mail");
        if (!isRetried)
        {
            return Problems.Conflict(
                mail.State == MailState.Sent ? "The mail was sent." : "The mail is queued already. It is retried by itself."
            );
        }
        await audit.WriteAsync(AuditActions.MailRetry, true, userId: null, mail.Id.ToString());
        return TypedResults.Ok(OutboxMailResponse.From(mail));
    }
}
