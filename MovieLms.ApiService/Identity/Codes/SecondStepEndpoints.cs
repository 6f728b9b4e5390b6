using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using MongoDB.Bson;
using MovieLms.ApiService.Identity.Accounts;
using MovieLms.ApiService.Identity.Audit;
using MovieLms.Data.Identity;
using MovieLms.Data.Mail;
using MovieLms.ServiceDefaults.Access;
using MovieLms.ServiceDefaults.Errors;
using MovieLms.ServiceDefaults.RateLimiting;

namespace MovieLms.ApiService.Identity.Codes;

/// <summary>A code of the authenticator app (or, where it says so, a recovery code).</summary>
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
        var totp = auth.MapGroup("/totp").RequirePermission(Permissions.SignedIn).ProducesProblem(401).ProducesProblem(409).ProducesProblem(429);
        totp.MapPost("/", BeginAsync).WithName("beginTotp").WithSummary("Get a secret for an authenticator app");
        totp.MapPost("/confirm", ConfirmAsync).WithName("confirmTotp")
            .WithSummary("Turn the second step on with a first code; gives recovery codes").ProducesValidationProblem();
        totp.MapDelete("/", RemoveAsync).WithName("removeTotp").WithSummary("Turn the second step off; needs a code").ProducesValidationProblem();
    }

    private static async Task<Results<Ok<SecondStepResponse>, ProblemHttpResult>> BeginAsync(
        ClaimsPrincipal caller, UserStore users, SecondStep secondStep, CancellationToken cancellationToken)
    {
        var user = await users.FindAsync(ObjectId.Parse(caller.Id()), cancellationToken);
        if (user is not { Totp.ConfirmedAt: null } and not { Totp: null }) return AlreadyOn();
        var secret = await secondStep.BeginAsync(user, cancellationToken);
        return TypedResults.Ok(new SecondStepResponse(Totp.Base32(secret), Totp.Uri(secret, user.Email)));
    }

    private static async Task<Results<Ok<RecoveryCodesResponse>, ProblemHttpResult>> ConfirmAsync(
        SecondStepCodeRequest request, ClaimsPrincipal caller, UserStore users, SecondStep secondStep, OutboxStore outbox, AttemptLimiter limiter, AuditLog audit,
        HttpContext http, CancellationToken cancellationToken)
    {
        var user = await users.FindAsync(ObjectId.Parse(caller.Id()), cancellationToken);
        if (user?.Totp is null) return TypedResults.Problem(statusCode: 409, title: "It was not begun", detail: "Get a secret with POST /api/auth/totp first.");
        if (user.Totp.ConfirmedAt is not null) return AlreadyOn();
        if (await Refused(user, limiter, http, cancellationToken) is { } refused) return refused;
        if (await secondStep.ConfirmAsync(user, request.Code, cancellationToken) is not { } codes)
            throw new InvalidInputException("code", "The code is wrong. Check the clock of the device.");
        await audit.WriteAsync(AuditActions.TotpChange, true, user.Id, "on");
        await outbox.AddAsync(IdentityMails.SecondStepChanged(user.Username, isOn: true).To(user.Email), cancellationToken);
        return TypedResults.Ok(new RecoveryCodesResponse(codes));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> RemoveAsync(
        [FromBody] SecondStepCodeRequest request, ClaimsPrincipal caller, UserStore users, SecondStep secondStep, OutboxStore outbox, AttemptLimiter limiter,
        AuditLog audit, HttpContext http, CancellationToken cancellationToken)
    {
        var user = await users.FindAsync(ObjectId.Parse(caller.Id()), cancellationToken);
        if (user?.Totp?.ConfirmedAt is null) return TypedResults.Problem(statusCode: 409, title: "It is not on");
        if (await Refused(user, limiter, http, cancellationToken) is { } refused) return refused;
        if (!await secondStep.TakeAsync(user, request.Code.Trim(), cancellationToken))
        {
            await audit.WriteAsync(AuditActions.TotpChange, false, user.Id, "off");
            throw new InvalidInputException("code", "The code is wrong or was used before.");
        }
        await secondStep.RemoveAsync(user, cancellationToken);
        await audit.WriteAsync(AuditActions.TotpChange, true, user.Id, "off");
        await outbox.AddAsync(IdentityMails.SecondStepChanged(user.Username, isOn: false).To(user.Email), cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<ProblemHttpResult?> Refused(UserDocument user, AttemptLimiter limiter, HttpContext http, CancellationToken cancellationToken)
    {
        var attempt = await limiter.TryTakeAsync(IdentityLimits.SecondStep, user.Id.ToString(), cancellationToken);
        http.Describe(attempt);
        return attempt.IsAllowed ? null : AttemptLimitExtensions.TooMany(http, attempt);
    }

    private static ProblemHttpResult AlreadyOn() =>
        TypedResults.Problem(statusCode: 409, title: "It is on already", detail: "Turn it off with a code before you set it up anew.");
}
