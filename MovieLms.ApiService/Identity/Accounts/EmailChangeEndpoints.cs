using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using MongoDB.Bson;
using MovieLms.ApiService.Http;
using MovieLms.ApiService.Identity.Contracts;
using MovieLms.ApiService.Identity.Passwords;
using MovieLms.ApiService.Identity.Settings;
using MovieLms.Application.Access;
using MovieLms.Data.Identity;
using MovieLms.ServiceDefaults.Access;
using MovieLms.ServiceDefaults.Errors;
using MovieLms.ServiceDefaults.RateLimiting;

namespace MovieLms.ApiService.Identity.Accounts;

/// <summary>A request to change the caller's e-mail address.</summary>
/// <param name="NewEmail">The new address.</param>
/// <param name="CurrentPassword">Required for an account with a password. Without one, a sign-in within the last 10 minutes is required.</param>
public sealed record ChangeEmailRequest([Required, MailAddress] string NewEmail, [MaxLength(1_000)] string? CurrentPassword);

/// <summary>The token of a link that was mailed to the old or to the new address.</summary>
/// <param name="Token">The part of the link after the number sign.</param>
public sealed record EmailChangeTokenRequest([Required, MaxLength(200)] string Token);

/// <summary>The result of a confirmation.</summary>
/// <param name="Changed">True if the address was changed; false if the other address must confirm too.</param>
internal sealed record EmailChangeResponse(bool Changed);

/// <summary>Changes of e-mail addresses.</summary>
internal static class EmailChangeEndpoints
{
    private const string Invalid = "The link is invalid, expired or already used.";

    internal static void MapEmailChanges(this RouteGroupBuilder auth)
    {
        auth.MapPost("/change-email", RequestAsync)
            .RequirePermission(Permissions.SignedIn)
            .ReportsAttempts()
            .WithName("changeEmail")
            .WithSummary("Change the e-mail address")
            .WithDescription(
                "Mails a link to the old and to the new address, valid for one day. The address changes when both are confirmed, and all other "
                    + "sessions end. An address that was never verified need not confirm. Always responds with 202, so that it does not reveal "
                    + "who has an account."
            )
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status429TooManyRequests);
        auth.MapPost("/confirm-email-change", ConfirmAsync)
            .AllowAnonymous()
            .LimitFailuresByAddress(IdentityLimits.Reset)
            .WithName("confirmEmailChange")
            .WithSummary("Confirm a change of the e-mail address")
            .WithDescription("Takes the token of a mailed link, which works once and needs no sign-in.")
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status429TooManyRequests);
        auth.MapPost("/refuse-email-change", RefuseAsync)
            .AllowAnonymous()
            .LimitFailuresByAddress(IdentityLimits.Reset)
            .WithName("refuseEmailChange")
            .WithSummary("Refuse a change of the e-mail address")
            .WithDescription("Takes the token of a mailed link. The address stays unchanged, and the other link no longer works.")
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status429TooManyRequests);
    }

    private static async Task<Results<Accepted, UnauthorizedHttpResult, ProblemHttpResult>> RequestAsync(
        ChangeEmailRequest request,
        ClaimsPrincipal caller,
        UserStore users,
        EmailChanges changes,
        Reauthentication reauthentication,
        AttemptLimiter limiter,
        HttpContext http,
        CancellationToken cancellationToken
    )
    {
        if (!MailAddress.TryNormalize(request.NewEmail, out var normalized))
            throw new InvalidInputException("newEmail", "The value must be an e-mail address.");
        if (await users.FindAsync(caller.GetObjectId(), cancellationToken) is not { } user)
            return TypedResults.Unauthorized();
        if (normalized == user.EmailNormalized)
            throw new InvalidInputException("newEmail", "The value is already the address of this account.");
        if (await reauthentication.CheckAsync(user, request.CurrentPassword, http, cancellationToken) is { } rejection)
            return rejection;
        var attempt = await limiter.TryAcquireAsync(IdentityLimits.EmailChange, user.Id.ToString(), cancellationToken);
        http.SetLimitHeaders(attempt);
        if (!attempt.IsAllowed)
            return AttemptLimitExtensions.TooManyRequests(http, attempt);
        await changes.RequestAsync(user, ObjectId.Parse(caller.SessionId()), request.NewEmail, normalized, cancellationToken);
        return TypedResults.Accepted((string?)null);
    }

    private static async Task<Ok<EmailChangeResponse>> ConfirmAsync(
        EmailChangeTokenRequest request,
        EmailChanges changes,
        CancellationToken cancellationToken
    ) =>
        await changes.ConfirmAsync(request.Token, cancellationToken) is { } isChanged
            ? TypedResults.Ok(new EmailChangeResponse(isChanged))
            : throw new InvalidInputException("token", Invalid);

    private static async Task<NoContent> RefuseAsync(
        EmailChangeTokenRequest request,
        EmailChanges changes,
        CancellationToken cancellationToken
    ) =>
        await changes.RefuseAsync(request.Token, cancellationToken)
            ? TypedResults.NoContent()
            : throw new InvalidInputException("token", Invalid);
}
