using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using MovieLms.ApiService.Http;
using MovieLms.ApiService.Identity.Passwords;
using MovieLms.ApiService.Identity.Settings;
using MovieLms.Application.Access;
using MovieLms.Data.Identity;
using MovieLms.ServiceDefaults.Errors;
using MovieLms.ServiceDefaults.RateLimiting;

namespace MovieLms.ApiService.Identity.Deletion;

/// <summary>A request to delete the caller's account.</summary>
/// <param name="CurrentPassword">Required for an account with a password. Without one, a sign-in within the last 10 minutes is required.</param>
public sealed record DeleteAccountRequest([MaxLength(1_000)] string? CurrentPassword);

/// <summary>The token of the mailed link that keeps an account.</summary>
/// <param name="Token">The part of the link after the number sign.</param>
public sealed record KeepAccountRequest([Required, MaxLength(200)] string Token);

/// <summary>A scheduled deletion.</summary>
/// <param name="DeletionDueAt">When the account is due to be erased.</param>
internal sealed record AccountDeletionResponse(DateTimeOffset DeletionDueAt);

/// <summary>Deletion of the caller's account, and its cancellation.</summary>
internal static class DeletionEndpoints
{
    internal static void MapDeletion(this RouteGroupBuilder auth)
    {
        auth.MapDelete("/me", DeleteAsync)
            .RequirePermission(Permissions.SignedIn)
            .WithName("deleteMe")
            .WithSummary("Delete the caller's account")
            .WithDescription(
                "Ends every session, hides the caller's reviews and messages, and mails a link that cancels the deletion. After the grace period "
                    + "(14 days by default), the personal data is removed or anonymized for good. Requires the current password or, for an account "
                    + "without one, a recent sign-in. The last administrator keeps the account (409)."
            )
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status429TooManyRequests);
        auth.MapPost("/keep-account", KeepAsync)
            .AllowAnonymous()
            .LimitFailuresByAddress(IdentityLimits.Reset)
            .WithName("keepAccount")
            .WithSummary("Cancel the deletion of an account")
            .WithDescription("Takes the token of a mailed link, which works once. Sign in again afterwards.")
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status429TooManyRequests);
    }

    private static async Task<Results<Accepted<AccountDeletionResponse>, UnauthorizedHttpResult, ProblemHttpResult>> DeleteAsync(
        [FromBody(EmptyBodyBehavior = Microsoft.AspNetCore.Mvc.ModelBinding.EmptyBodyBehavior.Allow)] DeleteAccountRequest? request,
        ClaimsPrincipal caller,
        UserStore users,
        AccountDeletion deletion,
        Reauthentication reauthentication,
        HttpContext http,
        CancellationToken cancellationToken
    )
    {
        if (await users.FindAsync(caller.GetObjectId(), cancellationToken) is not { } user)
            return TypedResults.Unauthorized();
        if (await reauthentication.CheckAsync(user, request?.CurrentPassword, http, cancellationToken) is { } rejection)
            return rejection;
        return await deletion.ScheduleAsync(user, cancellationToken) is { } dueAt
            ? TypedResults.Accepted((string?)null, new AccountDeletionResponse(dueAt))
            : Problems.Conflict("This is the last administrator. Make another user an administrator first.");
    }

    private static async Task<NoContent> KeepAsync(
        KeepAccountRequest request,
        AccountDeletion deletion,
        CancellationToken cancellationToken
    ) =>
        await deletion.CancelAsync(request.Token, cancellationToken)
            ? TypedResults.NoContent()
            : throw new InvalidInputException("token", "The link is invalid, expired or already used.");
}
