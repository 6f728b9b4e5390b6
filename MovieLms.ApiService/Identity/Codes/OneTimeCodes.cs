using MongoDB.Bson;
using MovieLms.ApiService.Identity.Tokens;
using MovieLms.Data.Identity;

namespace MovieLms.ApiService.Identity.Codes;

/// <summary>The purpose of a code.</summary>
public enum OtpPurpose
{
    VerifyEmail,
    VerifyPhone,
}

/// <summary>Six-digit codes, stored as keyed hashes and valid for ten minutes, five attempts and one use.</summary>
internal sealed class OneTimeCodes(OneTimeCodeStore store, ServerSecrets secrets, TimeProvider time)
{
    internal const int MaxAttempts = 5;
    internal static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Creates a code for the address or phone number <paramref name="subject"/>. An earlier code for the same purpose becomes invalid.
    /// </summary>
    internal async Task<string> CreateAsync(ObjectId userId, OtpPurpose purpose, string subject, CancellationToken cancellationToken)
    {
        var code = SecretText.Digits();
        await store.PutAsync(
            new OneTimeCode
            {
                Key = GetKey(userId, purpose),
                UserId = userId,
                Subject = subject,
                ExpiresAt = time.GetUtcNow() + Lifetime,
                CodeHash = await HashAsync(userId, purpose, code, cancellationToken),
            },
            cancellationToken
        );
        return code;
    }

    /// <summary>Redeems a code.</summary>
    /// <returns>
    /// The address or phone number that the code verifies. Null if the code is wrong, expired or used, or if there were too many attempts.
    /// </returns>
    internal async Task<string?> RedeemAsync(ObjectId userId, OtpPurpose purpose, string code, CancellationToken cancellationToken)
    {
        if (await store.CountAttemptAsync(GetKey(userId, purpose), MaxAttempts, cancellationToken) is not { } stored)
            return null;
        if (!SecretText.AreEqual(stored.CodeHash!, await HashAsync(userId, purpose, code, cancellationToken)))
            return null;
        return await store.TryConsumeAsync(stored, cancellationToken) ? stored.Subject : null;
    }

    /// <summary>Invalidates a code that could not be sent.</summary>
    internal Task WithdrawAsync(ObjectId userId, OtpPurpose purpose, CancellationToken cancellationToken) =>
        store.RemoveAsync(GetKey(userId, purpose), cancellationToken);

    private static string GetKey(ObjectId userId, OtpPurpose purpose) => $"otp:{purpose}:{userId}";

    private async Task<string> HashAsync(ObjectId userId, OtpPurpose purpose, string code, CancellationToken cancellationToken) =>
        Convert.ToHexStringLower(await secrets.ComputeAsync("one-time-code", $"{purpose}:{userId}:{code}", cancellationToken));
}
