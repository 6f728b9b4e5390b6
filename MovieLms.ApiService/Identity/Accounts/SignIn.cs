using System.Text.Json.Serialization;
using MovieLms.ApiService.Identity.Audit;
using MovieLms.ApiService.Identity.Codes;
using MovieLms.ApiService.Identity.Tokens;
using MovieLms.Data.Identity;

namespace MovieLms.ApiService.Identity.Accounts;

/// <summary>The answer to a sign-in: tokens, or the challenge of a second step.</summary>
internal sealed record LoginResponse
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? AccessToken { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? RefreshToken { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TokenType { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? ExpiresIn { get; init; }

    /// <summary>To be sent to /api/auth/login/verify with a code.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Challenge { get; init; }

    /// <summary>How the challenge can be met.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Methods { get; init; }

    internal static LoginResponse From(TokenPair pair) =>
        new()
        {
            AccessToken = pair.AccessToken,
            RefreshToken = pair.RefreshToken,
            TokenType = pair.TokenType,
            ExpiresIn = pair.ExpiresIn,
        };
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
    internal const int MaxAttempts = 5;
    private static readonly TimeSpan ChallengeLifetime = TimeSpan.FromMinutes(5);
    private static readonly string[] Methods = ["totp", "recoveryCode"];

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
        return new LoginResponse { Challenge = challenge, Methods = Methods };
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
