using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using MovieLms.ApiService.Http;
using MovieLms.ApiService.Identity.Audit;
using MovieLms.ApiService.Identity.Mails;
using MovieLms.ApiService.Identity.Settings;
using MovieLms.Application.Access;
using MovieLms.Data.Identity;
using MovieLms.Data.Mail;
using MovieLms.ServiceDefaults.Errors;
using MovieLms.ServiceDefaults.RateLimiting;

namespace MovieLms.ApiService.Identity.Codes;

/// <summary>How a code is sent.</summary>
public enum OtpChannel
{
    Email,
    WhatsApp,
    Sms,
}

/// <summary>Asks for a code.</summary>
public sealed record SendCodeRequest([Required] OtpChannel? Channel, [Required] OtpPurpose? Purpose);

/// <summary>A code that was received.</summary>
public sealed record VerifyCodeRequest(
    [Required] OtpPurpose? Purpose,
    [Required, RegularExpression("^[0-9]{6}$", ErrorMessage = "The code must be six digits.")] string Code
);

/// <summary>How long a code that was sent is good, in seconds.</summary>
internal sealed record CodeSentResponse(OtpChannel Channel, int ExpiresIn);

/// <summary>Codes that verify an e-mail address or a phone number.</summary>
internal static class CodeEndpoints
{
    internal static void MapCodes(this RouteGroupBuilder auth)
    {
        auth.MapPost("/otp", SendAsync)
            .RequirePermission(Permissions.SignedIn)
            .ReportsAttempts()
            .WithName("sendCode")
            .WithSummary("Send a verification code")
            .WithDescription(
                "Sends a six-digit code by e-mail or WhatsApp. It is valid for 10 minutes and allows 5 attempts. "
                    + "Unconfigured channels return 501."
            )
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status429TooManyRequests)
            .ProducesProblem(StatusCodes.Status501NotImplemented)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        auth.MapPost("/otp/verify", VerifyAsync)
            .RequirePermission(Permissions.SignedIn)
            .ReportsAttempts()
            .WithName("verifyCode")
            .WithSummary("Verify a code")
            .WithDescription("Marks the e-mail address or the phone number as verified. A code works once.")
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status429TooManyRequests);
        VerificationLinks.Map(auth);
    }

    private static async Task<Results<Accepted<CodeSentResponse>, UnauthorizedHttpResult, ProblemHttpResult>> SendAsync(
        SendCodeRequest request,
        ClaimsPrincipal caller,
        UserStore users,
        CodeSender sender,
        AttemptLimiter limiter,
        UnconfiguredFeatures unconfigured,
        HttpContext http,
        CancellationToken cancellationToken
    )
    {
        var (channel, purpose) = (request.Channel!.Value, request.Purpose!.Value);
        if (channel == OtpChannel.Sms)
            return Problems.NotConfigured("SMS is not supported. Use `email` or `whatsApp`.");
        if (channel == OtpChannel.WhatsApp && !sender.HasWhatsApp)
        {
            return unconfigured.Respond(
                "Codes by WhatsApp are not available on this server.",
                "WhatsApp:PhoneNumberId and WhatsApp:AccessToken"
            );
        }

        if ((channel == OtpChannel.Email) != (purpose == OtpPurpose.VerifyEmail))
            throw new InvalidInputException("channel", "`channel` must be `email` for an e-mail address, `whatsApp` for a phone number.");
        if (await users.FindAsync(caller.GetObjectId(), cancellationToken) is not { } user)
            return TypedResults.Unauthorized();
        if (purpose == OtpPurpose.VerifyPhone && user.Phone is null)
            return Problems.Conflict("The account has no phone number. Set one with PUT /api/auth/me first.");
        if (purpose == OtpPurpose.VerifyPhone && !user.IsEmailProven)
            return EmailNotVerified();
        var attempt = await limiter.TryAcquireAsync(IdentityLimits.Otp, user.Id.ToString(), cancellationToken);
        http.SetLimitHeaders(attempt);
        if (!attempt.IsAllowed)
            return AttemptLimitExtensions.TooManyRequests(http, attempt);
        if (await sender.SendAsync(user, purpose, cancellationToken))
            return TypedResults.Accepted((string?)null, new CodeSentResponse(channel, (int)OneTimeCodes.Lifetime.TotalSeconds));
        http.Response.Headers.RetryAfter = "60";
        return TypedResults.Problem(
            statusCode: StatusCodes.Status503ServiceUnavailable,
            title: "The code could not be sent",
            detail: "WhatsApp did not accept the message. Try again later."
        );
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> VerifyAsync(
        VerifyCodeRequest request,
        ClaimsPrincipal caller,
        OneTimeCodes codes,
        UserCredentials users,
        AttemptLimiter limiter,
        AuditLog audit,
        HttpContext http,
        CancellationToken cancellationToken
    )
    {
        var (userId, purpose) = (caller.GetObjectId(), request.Purpose!.Value);
        var attempt = await limiter.TryAcquireAsync(IdentityLimits.OtpVerify, userId.ToString(), cancellationToken);
        http.SetLimitHeaders(attempt);
        if (!attempt.IsAllowed)
            return AttemptLimitExtensions.TooManyRequests(http, attempt);
        var subject = await codes.RedeemAsync(userId, purpose, request.Code, cancellationToken);
        var isVerified =
            subject is not null
            && (
                purpose == OtpPurpose.VerifyEmail
                    ? await users.VerifyEmailAsync(userId, subject, isByLink: false, CancellationToken.None)
                    : await users.VerifyPhoneAsync(userId, subject, CancellationToken.None)
            );
        await audit.WriteAsync(AuditActions.Verification, isVerified, userId, purpose.ToString());
        return isVerified
            ? TypedResults.NoContent()
            : throw new InvalidInputException("code", "The code is wrong, expired or already used, or there were too many attempts.");
    }

    /// <summary>409, because a person who registered someone else's address must not be able to lock its owner out.</summary>
    internal static ProblemHttpResult EmailNotVerified() =>
        Problems.Conflict(
            "Verify your e-mail address first: request a code with POST /api/auth/otp and send it to POST /api/auth/otp/verify."
        );
}

/// <summary>Sends verification codes.</summary>
internal sealed class CodeSender(OneTimeCodes codes, VerificationLinks links, OutboxStore outbox, WhatsAppClient whatsApp)
{
    internal bool HasWhatsApp => whatsApp.IsConfigured;

    /// <returns>False if the code could not be sent. It is then invalid.</returns>
    internal async Task<bool> SendAsync(UserDocument user, OtpPurpose purpose, CancellationToken cancellationToken)
    {
        var subject = purpose == OtpPurpose.VerifyEmail ? user.EmailNormalized : user.Phone!;
        var code = await codes.CreateAsync(user.Id, purpose, subject, cancellationToken);
        if (purpose == OtpPurpose.VerifyEmail)
        {
            await outbox.AddAsync(
                IdentityMails.Verification(user.Username, code, await links.CreateAsync(user, cancellationToken)).To(user.Email),
                cancellationToken
            );
            return true;
        }
        if (await whatsApp.SendCodeAsync(subject, code, cancellationToken))
            return true;
        await codes.WithdrawAsync(user.Id, purpose, cancellationToken);
        return false;
    }
}
