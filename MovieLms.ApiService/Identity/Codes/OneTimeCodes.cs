using MongoDB.Bson;
using MovieLms.ApiService.Identity.Tokens;
using MovieLms.Data.Identity;

namespace MovieLms.ApiService.Identity.Codes;

/// <summary>What a code verifies.</summary>
public enum OtpPurpose
{
    VerifyEmail,
    VerifyPhone,
}

/// <summary>Six-digit codes: stored as keyed hashes, good for ten minutes, five tries and one use.</summary>
internal sealed class OneTimeCodes(OneTimeCodeStore store, ServerSecrets secrets, TimeProvider time)
{
    internal const int MaxAttempts = 5;
    internal static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    /// <summary>Makes a code; an earlier one of the same purpose no longer works.</summary>
    /// <param name="userId">Whose.</param>
    /// <param name="purpose">What it verifies.</param>
    /// <param name="subject">The address or number it goes to, and which it verifies.</param>
    /// <param name="cancellationToken">The request's.</param>
    internal async Task<string> CreateAsync(ObjectId userId, OtpPurpose purpose, string subject, CancellationToken cancellationToken)
    {
        var code = SecretText.Digits();
        await store.PutAsync(
            new OneTimeCode
            {
                Key = Key(userId, purpose),
                UserId = userId,
                Subject = subject,
                ExpiresAt = time.GetUtcNow() + Lifetime,
                CodeHash = await HashAsync(userId, purpose, code, cancellationToken),
            },
            cancellationToken
        );
        return code;
    }

    /// <summary>Takes a code.</summary>
    /// <returns>What it verifies; null when it is wrong, expired, used, or was tried too often.</returns>
    internal async Task<string?> TakeAsync(ObjectId userId, OtpPurpose purpose, string code, CancellationToken cancellationToken)
    {
        if (await store.TryAsync(Key(userId, purpose), MaxAttempts, cancellationToken) is not { } stored)
            return null;
        if (!SecretText.AreEqual(stored.CodeHash!, await HashAsync(userId, purpose, code, cancellationToken)))
            return null;
        return await store.UseAsync(stored, cancellationToken) ? stored.Subject : null;
    }

    /// <summary>Takes a code back whose message could not be sent.</summary>
    internal Task WithdrawAsync(ObjectId userId, OtpPurpose purpose, CancellationToken cancellationToken) =>
        store.RemoveAsync(Key(userId, purpose), cancellationToken);

    private static string Key(ObjectId userId, OtpPurpose purpose) => $"otp:{purpose}:{userId}";

    private async Task<string> HashAsync(ObjectId userId, OtpPurpose purpose, string code, CancellationToken cancellationToken) =>
        Convert.ToHexStringLower(await secrets.ComputeAsync("one-time-code", $"{purpose}:{userId}:{code}", cancellationToken));
}
