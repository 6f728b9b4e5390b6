using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using MovieLms.ApiService.Http;
using MovieLms.ApiService.Identity.Contracts;
using MovieLms.ApiService.Identity.Settings;
using MovieLms.Application.Access;
using MovieLms.Data.Identity;
using MovieLms.ServiceDefaults.Errors;
using MovieLms.ServiceDefaults.RateLimiting;

namespace MovieLms.ApiService.Identity.Accounts;

/// <summary>Asks for a reset link.</summary>
public sealed record ForgotPasswordRequest([Required, MailAddress] string Email);

/// <summary>A new password, set through a mailed link.</summary>
/// <param name="Token">The part of the link after the number sign.</param>
/// <param name="NewPassword">The password to set.</param>
public sealed record ResetPasswordWithTokenRequest(
    [Required, MaxLength(200)] string Token,
    [Required, MaxLength(1_000)] string NewPassword
);

/// <summary>A new password; the token is in the path.</summary>
public sealed record ResetPasswordRequest([Required, MaxLength(1_000)] string NewPassword);

/// <summary>A new password in the place of the current one.</summary>
public sealed record ChangePasswordRequest(
    [Required, MaxLength(1_000)] string CurrentPassword,
    [Required, MaxLength(1_000)] string NewPassword
);

/// <summary>Password resets and changes.</summary>
internal static class PasswordEndpoints
{
    private const int MaxTokenLength = 200;

    internal static void MapPasswords(this RouteGroupBuilder auth)
    {
        auth.MapPost("/forgot-password", ForgotAsync)
            .AllowAnonymous()
            .LimitByAddress(IdentityLimits.ForgotAddress)
            .WithName("forgotPassword")
            .WithSummary("Request a password reset")
            .WithDescription(
                "Mails a link with a single-use token that is valid for 10 minutes. Always responds with 202, so "
                    + "that it does not reveal who has an account."
            )
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status429TooManyRequests);
        auth.MapPost("/reset-password/{token}", ResetAsync)
            .AllowAnonymous()
            .LimitFailuresByAddress(IdentityLimits.Reset)
            .WithName("resetPassword")
            .WithSummary("Reset a password (token in the path)")
            .WithDescription("Paths are written to logs, so send the token in the body.")
            .Deprecated(on: new DateOnly(2026, 11, 29), sunset: new DateOnly(2027, 11, 30), link: "/api/auth/reset-password")
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status429TooManyRequests);
        auth.MapPost("/reset-password", ResetWithTokenAsync)
            .AllowAnonymous()
            .LimitFailuresByAddress(IdentityLimits.Reset)
            .WithName("resetPasswordWithToken")
            .WithSummary("Reset a password")
            .WithDescription("Takes the token of a mailed link and ends every session.")
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status429TooManyRequests);
        auth.MapPost("/change-password", ChangeAsync)
            .RequirePermission(Permissions.SignedIn)
            .WithName("changePassword")
            .WithSummary("Change the password")
            .WithDescription("Requires the current password. Every earlier token of the user is rejected from then on; sign in again.")
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status429TooManyRequests);
    }

    private static async Task<Results<Accepted, ProblemHttpResult>> ForgotAsync(
        ForgotPasswordRequest request,
        AttemptLimiter limiter,
        ResetRequests requests,
        HttpContext http,
        CancellationToken cancellationToken
    )
    {
        if (!MailAddress.TryNormalize(request.Email, out var email))
            throw new InvalidInputException("email", "The value must be an e-mail address.");
        // Counted per entered address, whether or not it is registered.
        var attempt = await limiter.TryAcquireAsync(IdentityLimits.ForgotAccount, email, cancellationToken);
        if (!attempt.IsAllowed)
            return AttemptLimitExtensions.TooManyRequests(http, attempt);
        requests.Add(email);
        return TypedResults.Accepted((string?)null);
    }

    private static Task<Results<NoContent, ValidationProblem>> ResetWithTokenAsync(
        ResetPasswordWithTokenRequest request,
        PasswordChanges changes,
        CancellationToken cancellationToken
    ) => ResetAsync(request.Token, new ResetPasswordRequest(request.NewPassword), changes, cancellationToken);

    private static async Task<Results<NoContent, ValidationProblem>> ResetAsync(
        string token,
        ResetPasswordRequest request,
        PasswordChanges changes,
        CancellationToken cancellationToken
    ) =>
        token.Length <= MaxTokenLength && await changes.ResetAsync(token, request.NewPassword, cancellationToken)
            ? TypedResults.NoContent()
            : throw new InvalidInputException("token", "The link is invalid, expired or already used. Request a new one.");

    private static async Task<Results<NoContent, UnauthorizedHttpResult, ProblemHttpResult>> ChangeAsync(
        ChangePasswordRequest request,
        ClaimsPrincipal caller,
        UserStore users,
        PasswordChanges changes,
        AttemptLimiter limiter,
        HttpContext http,
        CancellationToken cancellationToken
    )
    {
        if (await users.FindAsync(caller.GetObjectId(), cancellationToken) is not { } user)
            return TypedResults.Unauthorized();
        var attempt = await limiter.TryAcquireAsync(IdentityLimits.LoginAccount, user.EmailNormalized, cancellationToken);
        if (!attempt.IsAllowed)
            return AttemptLimitExtensions.TooManyRequests(http, attempt);
        if (!await changes.ChangeAsync(user, request.CurrentPassword, request.NewPassword, cancellationToken))
            throw new InvalidInputException("currentPassword", "The current password is wrong.");
        await limiter.ReleaseAsync(IdentityLimits.LoginAccount, user.EmailNormalized, attempt);
        return TypedResults.NoContent();
    }
}
