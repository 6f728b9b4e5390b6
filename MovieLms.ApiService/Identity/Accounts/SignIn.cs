using System.Text.Json.Serialization;
using MovieLms.ApiService.Identity.Audit;
using MovieLms.ApiService.Identity.Codes;
using MovieLms.ApiService.Identity.Tokens;
using MovieLms.Data.Identity;

namespace MovieLms.ApiService.Identity.Accounts;

/// <summary>The result of a sign-in. Its <c>status</c> tells tokens from the challenge of a second step.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "status")]
[JsonDerivedType(typeof(SignedIn), "signedIn")]
[JsonDerivedType(typeof(SecondStepRequired), "secondStepRequired")]
internal abstract record LoginResponse
{
    internal static LoginResponse From(TokenPair pair) => new SignedIn(pair.AccessToken, pair.RefreshToken, pair.TokenType, pair.ExpiresIn);
}

/// <summary>The tokens of a completed sign-in.</summary>
/// <param name="ExpiresIn">Seconds until the access token expires.</param>
internal sealed record SignedIn(string AccessToken, string RefreshToken, string TokenType, int ExpiresIn) : LoginResponse;

/// <summary>The challenge of a second step.</summary>
/// <param name="Challenge">Send it to <c>POST /api/auth/login/verify</c> with a code.</param>
/// <param name="Methods">The kinds of codes that complete the sign-in.</param>
internal sealed record SecondStepRequired(string Challenge, IReadOnlyList<SecondStepMethod> Methods) : LoginResponse;

/// <summary>A kind of code that completes a sign-in.</summary>
internal enum SecondStepMethod
{
    /// <summary>A code of an authenticator app.</summary>
    Totp,

    /// <summary>One of the recovery codes.</summary>
    RecoveryCode,
}

/// <summary>Completes a sign-in after the first factor: requires the second step if it is on, then begins a session.</summary>
internal sealed class SignIn(
    OneTimeCodeStore codes,
    UserStore users,
    SecondStep secondStep,
    Sessions sessions,
    AuditLog audit,
    TimeProvider time
)
{
    /// <summary>The method of a session that began with a password. Otherwise it is the name of a provider.</summary>
    internal const string Password = "password";
    internal const int MaxAttempts = 5;
    private static readonly TimeSpan ChallengeLifetime = TimeSpan.FromMinutes(5);
    private static readonly SecondStepMethod[] Methods = [SecondStepMethod.Totp, SecondStepMethod.RecoveryCode];

    internal async Task<LoginResponse> CompleteAsync(
        UserDocument user,
        string method,
        HttpContext http,
        CancellationToken cancellationToken
    )
    {
        if (user.Totp?.ConfirmedAt is null)
            return await BeginAsync(user, method, http, cancellationToken);
        var challenge = SecretText.Token();
        await codes.PutAsync(
            new OneTimeCode
            {
                Key = GetKey(challenge),
                UserId = user.Id,
                Subject = $"{user.TokenGeneration}:{method}",
                ExpiresAt = time.GetUtcNow() + ChallengeLifetime,
            },
            cancellationToken
        );
        return new SecondStepRequired(challenge, Methods);
    }

    /// <summary>Returns the user of a challenge, or null if the challenge is unknown or has expired.</summary>
    internal async Task<UserDocument?> FindAsync(string challenge, CancellationToken cancellationToken) =>
        await codes.FindAsync(GetKey(challenge), cancellationToken) is { } stored
            ? await users.FindAsync(stored.UserId, cancellationToken)
            : null;

    /// <summary>Completes a challenge with a code.</summary>
    /// <returns>Null if the challenge or the code is not valid.</returns>
    internal async Task<LoginResponse?> VerifyAsync(string challenge, string code, HttpContext http, CancellationToken cancellationToken)
    {
        if (await codes.CountAttemptAsync(GetKey(challenge), MaxAttempts, cancellationToken) is not { } stored)
            return null;
        if (await users.FindAsync(stored.UserId, cancellationToken) is not { ArchivedAt: null } user)
            return null;
        var parts = stored.Subject!.Split(':', 2);
        // A password change between the two steps invalidates the first one.
        if (parts[0] != user.TokenGeneration.ToString(System.Globalization.CultureInfo.InvariantCulture))
            return null;
        if (!await secondStep.VerifyAsync(user, code, cancellationToken))
        {
            await audit.WriteAsync(AuditActions.SecondStep, false, user.Id);
            return null;
        }
        return await codes.TryConsumeAsync(stored, CancellationToken.None)
            ? await BeginAsync(user, parts[1], http, CancellationToken.None)
            : null;
    }

    private async Task<LoginResponse> BeginAsync(UserDocument user, string method, HttpContext http, CancellationToken cancellationToken)
    {
        var pair = await sessions.BeginAsync(user, method, http, cancellationToken);
        await audit.WriteAsync(AuditActions.Login, true, user.Id, method);
        return LoginResponse.From(pair);
    }

    private static string GetKey(string challenge) => $"challenge:{SecretText.Hash(challenge)}";
}
