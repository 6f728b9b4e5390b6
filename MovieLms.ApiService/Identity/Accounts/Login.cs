using Microsoft.AspNetCore.Http.HttpResults;
using MovieLms.ApiService.Http;
using MovieLms.ApiService.Identity.Audit;
using MovieLms.ApiService.Identity.Codes;
using MovieLms.ApiService.Identity.Contracts;
using MovieLms.ApiService.Identity.Passwords;
using MovieLms.ApiService.Identity.Settings;
using MovieLms.Data.Identity;
using MovieLms.ServiceDefaults.RateLimiting;

namespace MovieLms.ApiService.Identity.Accounts;

/// <summary>Signs in with a password. Unknown addresses and wrong passwords get the same response in the same time.</summary>
internal sealed class Login(
    UserStore users,
    PasswordHasher hasher,
    AttemptLimiter limiter,
    SignIn signIn,
    SecondStep secondStep,
    AuditLog audit
)
{
    internal async Task<Results<Ok<LoginResponse>, ProblemHttpResult>> RunAsync(
        LoginRequest request,
        HttpContext http,
        CancellationToken cancellationToken
    )
    {
        var isAddress = MailAddress.TryNormalize(request.Email, out var email);
        var account = isAddress ? email : request.Email;
        // Counted before the password is checked, so that parallel guesses cannot exceed the limit. Returned on success.
        var byAccount = await limiter.TryAcquireAsync(IdentityLimits.LoginAccount, account, cancellationToken);
        http.SetLimitHeaders(byAccount);
        if (!byAccount.IsAllowed)
            return AttemptLimitExtensions.TooManyRequests(http, byAccount);

        var user = isAddress ? await users.FindByEmailAsync(email, cancellationToken) : null;
        var isMatch = await hasher.VerifyAsync(request.Password, user?.PasswordHash, cancellationToken);
        if (!isMatch || user is not { ArchivedAt: null })
        {
            await audit.WriteAsync(AuditActions.Login, false, user?.Id, "password");
            return WrongCredentials(http);
        }
        await limiter.ReleaseAsync(IdentityLimits.LoginAccount, account, byAccount);
        if (hasher.NeedsRehash(user.PasswordHash!))
        {
            await users.RehashAsync(
                user.Id,
                user.PasswordHash!,
                await hasher.HashAsync(request.Password, cancellationToken),
                cancellationToken
            );
        }

        return TypedResults.Ok(await signIn.CompleteAsync(user, SignIn.Password, http, cancellationToken));
    }

    /// <summary>Completes a sign-in with a code from the authenticator app or a recovery code.</summary>
    internal async Task<Results<Ok<LoginResponse>, ProblemHttpResult>> VerifyAsync(
        VerifyLoginRequest request,
        HttpContext http,
        CancellationToken cancellationToken
    )
    {
        if (await signIn.FindAsync(request.Challenge, cancellationToken) is not { } user)
            return WrongCode(http);
        if (secondStep.GetRetryDelay(user) is { } delay)
            return SecondStepEndpoints.TooManyWrongCodes(http, delay);
        // Knowing the password gives access to any number of challenges, so attempts are counted per user.
        var byUser = await limiter.TryAcquireAsync(IdentityLimits.SecondStep, user.Id.ToString(), cancellationToken);
        http.SetLimitHeaders(byUser);
        if (!byUser.IsAllowed)
            return AttemptLimitExtensions.TooManyRequests(http, byUser);
        if (await signIn.VerifyAsync(request.Challenge, request.Code.Trim(), http, cancellationToken) is not { } response)
            return WrongCode(http);
        await limiter.ReleaseAsync(IdentityLimits.SecondStep, user.Id.ToString(), byUser);
        return TypedResults.Ok(response);
    }

    private static ProblemHttpResult WrongCode(HttpContext http) =>
        Problems.NotSignedIn(http, "The code is wrong or already used, or the sign-in took too long. Sign in again.");

    private static ProblemHttpResult WrongCredentials(HttpContext http) =>
        Problems.NotSignedIn(http, "The e-mail address or password is wrong.");
}
