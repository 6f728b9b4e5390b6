using Microsoft.AspNetCore.Http.HttpResults;
using MongoDB.Bson;
using MovieLms.ApiService.Identity.Settings;
using MovieLms.Data.Identity;
using MovieLms.ServiceDefaults.Access;
using MovieLms.ServiceDefaults.Errors;
using MovieLms.ServiceDefaults.RateLimiting;

namespace MovieLms.ApiService.Identity.Passwords;

/// <summary>
/// Asks signed-in users who they are once more before a change by which the thief of a session could keep the account: for the
/// current password or, for an account without one, for a recent sign-in.
/// </summary>
internal sealed class Reauthentication(SessionStore sessions, PasswordHasher hasher, AttemptLimiter limiter, TimeProvider time)
{
    private static readonly TimeSpan MaxSignInAge = TimeSpan.FromMinutes(10);

    /// <returns>Null if the caller may go on.</returns>
    /// <exception cref="InvalidInputException">The current password is missing or wrong.</exception>
    internal async Task<ProblemHttpResult?> RefuseAsync(
        UserDocument user,
        string? currentPassword,
        HttpContext http,
        CancellationToken cancellationToken
    )
    {
        if (user.PasswordHash is null)
            return await HasJustSignedInAsync(http, cancellationToken) ? null : SignInAgain();
        if (string.IsNullOrEmpty(currentPassword))
            throw new InvalidInputException("currentPassword", "Type your current password to make this change.");
        var attempt = await limiter.TryTakeAsync(IdentityLimits.LoginAccount, user.EmailNormalized, cancellationToken);
        if (!attempt.IsAllowed)
            return AttemptLimitExtensions.TooMany(http, attempt);
        if (!await hasher.VerifyAsync(currentPassword, user.PasswordHash, cancellationToken))
            throw new InvalidInputException("currentPassword", "This is not the current password.");
        await limiter.GiveBackAsync(IdentityLimits.LoginAccount, user.EmailNormalized, attempt);
        return null;
    }

    private async Task<bool> HasJustSignedInAsync(HttpContext http, CancellationToken cancellationToken) =>
        await sessions.FindLiveAsync(ObjectId.Parse(http.User.SessionId()), cancellationToken) is { } session
        && time.GetUtcNow() - session.CreatedAt < MaxSignInAge;

    private static ProblemHttpResult SignInAgain() =>
        TypedResults.Problem(
            statusCode: StatusCodes.Status403Forbidden,
            title: "Sign in again",
            detail: "This change needs a sign-in from the last 10 minutes. Sign out, sign in and repeat it."
        );
}
