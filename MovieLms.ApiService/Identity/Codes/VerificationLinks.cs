using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using MovieLms.ApiService.Identity.Audit;
using MovieLms.ApiService.Identity.Mails;
using MovieLms.ApiService.Identity.Settings;
using MovieLms.Data.Identity;
using MovieLms.ServiceDefaults.Errors;
using MovieLms.ServiceDefaults.RateLimiting;

namespace MovieLms.ApiService.Identity.Codes;

/// <summary>The token of a mailed link.</summary>
public sealed record VerifyEmailRequest([Required, MaxLength(200)] string Token);

/// <summary>
/// Links that verify an address without a sign-in. They prove less than a code; see <see cref="UserDocument.EmailVerifiedByLink"/>.
/// </summary>
internal sealed class VerificationLinks(OneTimeCodeStore codes, UserCredentials users, PublicAddress address, TimeProvider time)
{
    internal const string Page = "/account/verify";
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(1);

    /// <summary>Creates a link for a user's current address.</summary>
    internal async Task<string> CreateAsync(UserDocument user, CancellationToken cancellationToken)
    {
        var token = SecretText.Token();
        await codes.PutAsync(
            new OneTimeCode
            {
                Key = GetKey(token),
                UserId = user.Id,
                Subject = user.EmailNormalized,
                ExpiresAt = time.GetUtcNow() + Lifetime,
            },
            cancellationToken
        );
        return address.GetPageUrl(Page, token);
    }

    /// <summary>Redeems the token of a link.</summary>
    /// <returns>The user whose address is now verified, or null if the token is unknown, used or expired.</returns>
    internal async Task<MongoDB.Bson.ObjectId?> RedeemAsync(string token, CancellationToken cancellationToken)
    {
        if (await codes.ConsumeAsync(GetKey(token), cancellationToken) is not { } stored)
            return null;
        return await users.VerifyEmailAsync(stored.UserId, stored.Subject!, isByLink: true, CancellationToken.None) ? stored.UserId : null;
    }

    internal static void Map(RouteGroupBuilder auth) =>
        auth.MapPost("/verify-email", VerifyAsync)
            .AllowAnonymous()
            .LimitFailuresByAddress(IdentityLimits.Reset)
            .WithName("verifyEmail")
            .WithSummary("Verify an e-mail address")
            .WithDescription("Takes the token of a mailed link, which works once and needs no sign-in.")
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status429TooManyRequests);

    private static async Task<NoContent> VerifyAsync(
        VerifyEmailRequest request,
        VerificationLinks links,
        AuditLog audit,
        CancellationToken cancellationToken
    )
    {
        if (await links.RedeemAsync(request.Token, cancellationToken) is not { } userId)
            throw new InvalidInputException("token", "The link is invalid, expired or already used. Sign in and request a code.");
        await audit.WriteAsync(AuditActions.Verification, true, userId, "link");
        return TypedResults.NoContent();
    }

    private static string GetKey(string token) => $"verify:{SecretText.Hash(token)}";
}
