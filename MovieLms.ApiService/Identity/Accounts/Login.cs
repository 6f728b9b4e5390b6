using Microsoft.AspNetCore.Http.HttpResults;
using MovieLms.ApiService.Identity.Passwords;
using MovieLms.ApiService.Identity.Tokens;
using MovieLms.Data.Identity;
using MovieLms.ServiceDefaults.RateLimiting;

namespace MovieLms.ApiService.Identity.Accounts;

/// <summary>Sign-in with a password: alike, and in equal time, for an unknown address and a wrong password.</summary>
internal sealed class Login(UserStore users, PasswordHasher hasher, AttemptLimiter limiter, Sessions sessions)
{
    internal async Task<Results<Ok<TokenPair>, ProblemHttpResult>> RunAsync(LoginRequest request, HttpContext http, CancellationToken cancellationToken)
    {
        var isAddress = MailAddress.TryNormalize(request.Email, out var email);
        var account = isAddress ? email : request.Email;
        // Counted before the password is looked at, so that parallel guesses cannot slip through; given back on success.
        var byAddress = await limiter.TryTakeAsync(IdentityLimits.LoginAddress, http.Address(), cancellationToken);
        if (!byAddress.IsAllowed) return AttemptLimitExtensions.TooMany(http, byAddress);
        var byAccount = await limiter.TryTakeAsync(IdentityLimits.LoginAccount, account, cancellationToken);
        http.Describe(byAccount);
        if (!byAccount.IsAllowed) return AttemptLimitExtensions.TooMany(http, byAccount);

        var user = isAddress ? await users.FindByEmailAsync(email, cancellationToken) : null;
        var isRight = await hasher.VerifyAsync(request.Password, user?.PasswordHash, cancellationToken);
        if (!isRight || user is not { ArchivedAt: null }) return Refused(http);

        await limiter.GiveBackAsync(IdentityLimits.LoginAddress, http.Address(), byAddress);
        await limiter.GiveBackAsync(IdentityLimits.LoginAccount, account, byAccount);
        if (hasher.NeedsRehash(user.PasswordHash!))
            await users.RehashAsync(user.Id, user.PasswordHash!, await hasher.HashAsync(request.Password, cancellationToken), cancellationToken);
        return TypedResults.Ok(await sessions.BeginAsync(user, "password", http, cancellationToken));
    }

    /// <summary>The one answer to whatever was wrong.</summary>
    internal static ProblemHttpResult Refused(HttpContext http)
    {
        http.Response.Headers.WWWAuthenticate = "Bearer realm=\"MovieLms\"";
        return TypedResults.Problem(
            statusCode: StatusCodes.Status401Unauthorized, title: "Not signed in", detail: "The e-mail address or the password is wrong.");
    }
}
