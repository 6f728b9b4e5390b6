using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using MovieLms.ApiService.Http;
using MovieLms.ApiService.Identity.Audit;
using MovieLms.ApiService.Identity.Passwords;
using MovieLms.ApiService.Identity.Settings;
using MovieLms.Application.Access;
using MovieLms.Data.Identity;
using MovieLms.ServiceDefaults.Errors;
using MovieLms.ServiceDefaults.RateLimiting;

namespace MovieLms.ApiService.Identity.Codes;

/// <summary>Begins the set-up of the second step.</summary>
/// <param name="CurrentPassword">Required for an account with a password; without one, the sign-in must be at most 10 minutes old.</param>
public sealed record BeginSecondStepRequest([MaxLength(1_000)] string? CurrentPassword);

/// <summary>A code of the authenticator app or, where the endpoint says so, a recovery code.</summary>
public sealed record SecondStepCodeRequest([Required, StringLength(20)] string Code);

/// <summary>The secret for an authenticator app.</summary>
/// <param name="Secret">Base32, to be typed.</param>
/// <param name="Uri">To be shown as a QR code.</param>
internal sealed record SecondStepResponse(string Secret, string Uri);

/// <summary>Codes that each work once in the place of the app's; they are not shown again.</summary>
internal sealed record RecoveryCodesResponse(IReadOnlyList<string> RecoveryCodes);

/// <summary>The second step at sign-in (RFC 6238).</summary>
internal static class SecondStepEndpoints
{
    internal static void MapSecondStep(this RouteGroupBuilder auth)
    {
        var totp = auth.MapGroup("/totp")
            .RequirePermission(Permissions.SignedIn)
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status429TooManyRequests);
        totp.MapPost("/", BeginAsync)
            .ReturnsCredential()
            .WithName("beginTotp")
            .WithSummary("Begin setting up a second step")
            .WithDescription("Returns a secret for an authenticator app. The e-mail address must be verified by a code first.")
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status403Forbidden);
        totp.MapPost("/confirm", ConfirmAsync)
            .ReportsAttempts()
            .ReturnsCredential()
            .WithName("confirmTotp")
            .WithSummary("Turn on the second step")
            .WithDescription("Takes a first code of the app and returns recovery codes.")
            .ProducesValidationProblem();
        totp.MapDelete("/", RemoveAsync)
            .ReportsAttempts()
            .WithName("removeTotp")
            .WithSummary("Turn off the second step")
            .WithDescription("Takes a code of the app or a recovery code.")
            .ProducesValidationProblem();
    }

    private static async Task<Results<Ok<SecondStepResponse>, ProblemHttpResult>> BeginAsync(
        [FromBody(EmptyBodyBehavior = EmptyBodyBehavior.Allow)] BeginSecondStepRequest? request,
        ClaimsPrincipal caller,
        UserStore users,
        Reauthentication reauthentication,
        SecondStep secondStep,
        HttpContext http,
        CancellationToken cancellationToken
    )
    {
        if (await users.FindAsync(caller.GetObjectId(), cancellationToken) is not { } user)
            return TypedResults.Problem(statusCode: StatusCodes.Status401Unauthorized);
        if (user.Totp?.ConfirmedAt is not null)
            return AlreadyEnabled();
        if (!user.IsEmailProven)
            return CodeEndpoints.EmailNotVerified();
        if (await reauthentication.CheckAsync(user, request?.CurrentPassword, http, cancellationToken) is { } rejection)
            return rejection;
        return await secondStep.BeginAsync(user) is { } secret
            ? TypedResults.Ok(new SecondStepResponse(Totp.Base32(secret), Totp.Uri(secret, user.Email)))
            : AlreadyEnabled();
    }

    private static async Task<Results<Ok<RecoveryCodesResponse>, ProblemHttpResult>> ConfirmAsync(
        SecondStepCodeRequest request,
        ClaimsPrincipal caller,
        UserStore users,
        SecondStep secondStep,
        AttemptLimiter limiter,
        HttpContext http,
        CancellationToken cancellationToken
    )
    {
        var user = await users.FindAsync(caller.GetObjectId(), cancellationToken);
        if (user?.Totp is null)
            return Problems.Conflict("The setup has not been started. Call POST /api/auth/totp first.");
        if (user.Totp.ConfirmedAt is not null)
            return AlreadyEnabled();
        if (!user.IsEmailProven)
            return CodeEndpoints.EmailNotVerified();
        if (await CheckLimitsAsync(user, secondStep, limiter, http, cancellationToken) is { } rejection)
            return rejection;
        if (await secondStep.ConfirmAsync(user, request.Code, cancellationToken) is not { } codes)
            throw new InvalidInputException("code", "The code is wrong. Check the clock of your device.");
        await secondStep.ReportChangeAsync(user, isOn: true, detail: "on");
        return TypedResults.Ok(new RecoveryCodesResponse(codes));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> RemoveAsync(
        [FromBody] SecondStepCodeRequest request,
        ClaimsPrincipal caller,
        UserStore users,
        SecondStep secondStep,
        AttemptLimiter limiter,
        AuditLog audit,
        HttpContext http,
        CancellationToken cancellationToken
    )
    {
        var user = await users.FindAsync(caller.GetObjectId(), cancellationToken);
        if (user?.Totp?.ConfirmedAt is null)
            return Problems.Conflict("The second step is not on.");
        if (await CheckLimitsAsync(user, secondStep, limiter, http, cancellationToken) is { } rejection)
            return rejection;
        if (!await secondStep.VerifyAsync(user, request.Code.Trim(), cancellationToken))
        {
            await audit.WriteAsync(AuditActions.TotpChange, false, user.Id, "off");
            throw new InvalidInputException("code", "The code is wrong or already used.");
        }
        await secondStep.RemoveAsync(user);
        return TypedResults.NoContent();
    }

    /// <summary>Returns 429 if there were too many codes in the last minute or too many wrong codes in a row.</summary>
    private static async Task<ProblemHttpResult?> CheckLimitsAsync(
        UserDocument user,
        SecondStep secondStep,
        AttemptLimiter limiter,
        HttpContext http,
        CancellationToken cancellationToken
    )
    {
        if (secondStep.GetRetryDelay(user) is { } delay)
            return TooManyWrongCodes(http, delay);
        var attempt = await limiter.TryAcquireAsync(IdentityLimits.SecondStep, user.Id.ToString(), cancellationToken);
        http.SetLimitHeaders(attempt);
        return attempt.IsAllowed ? null : AttemptLimitExtensions.TooManyRequests(http, attempt);
    }

    /// <summary>429 with the delay until the next code is checked.</summary>
    internal static ProblemHttpResult TooManyWrongCodes(HttpContext http, TimeSpan delay) =>
        AttemptLimitExtensions.TooManyRequests(http, new Attempt(false, SecondStepStore.FreeFailures, 0, delay, string.Empty));

    private static ProblemHttpResult AlreadyEnabled() =>
        Problems.Conflict("The second step is already on. Turn it off before you set it up again.");
}
