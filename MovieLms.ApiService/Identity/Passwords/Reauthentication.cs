using Microsoft.AspNetCore.Http.HttpResults;
using MongoDB.Bson;
using MovieLms.ApiService.Identity.Settings;
using MovieLms.Data.Identity;
using MovieLms.ServiceDefaults.Access;
using MovieLms.ServiceDefaults.Errors;
using MovieLms.ServiceDefaults.RateLimiting;

namespace MovieLms.ApiService.Identity.Passwords;

/// <summary>
/// Reauthenticates users before changes that would let the thief of a session take over the account. Requires the current password or,
/// for an account without one, a recent sign-in.
/// </summary>
internal sealed class Reauthentication(SessionStore sessions, PasswordHasher hasher, AttemptLimiter limiter, TimeProvider time)
{
    private static readonly TimeSpan MaxSignInAge = TimeSpan.FromMinutes(10);

    /// <returns>The problem to respond with, or null if the change is allowed.</returns>
    /// <exception cref="InvalidInputException">The current password is missing or wrong.</exception>
    internal async Task<ProblemHttpResult?> CheckAsync(
        UserDocument user,
        string? currentPassword,
        HttpContext http,
        CancellationToken cancellationToken
    )
    {
        if (user.PasswordHash is null)
            return await HasRecentSignInAsync(http, cancellationToken) ? null : SignInRequired();
        if (string.IsNullOrEmpty(currentPassword))
            throw new InvalidInputException("currentPassword", "The current password is required for this change.");
        var attempt = await limiter.TryAcquireAsync(IdentityLimits.LoginAccount, user.EmailNormalized, cancellationToken);
        if (!attempt.IsAllowed)
            return AttemptLimitExtensions.TooManyRequests(http, attempt);
        if (!await hasher.VerifyAsync(currentPassword, user.PasswordHash, cancellationToken))
            throw new InvalidInputException("currentPassword", "The current password is wrong.");
        await limiter.ReleaseAsync(IdentityLimits.LoginAccount, user.EmailNormalized, attempt);
        return null;
    }

    private async Task<bool> HasRecentSignInAsync(HttpContext http, CancellationToken cancellationToken) =>
        await sessions.FindActiveAsync(ObjectId.Parse(http.User.SessionId()), cancellationToken) is { } session
        && time.GetUtcNow() - session.CreatedAt < MaxSignInAge;

    private static ProblemHttpResult SignInRequired() =>
        TypedResults.Problem(
            statusCode: StatusCodes.Status403Forbidden,
            title: "Sign in again",
            detail: "This change requires a sign-in within the last 10 minutes. Sign in again and repeat it."
        );
}
