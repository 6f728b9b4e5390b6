using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using MovieLms.ApiService.Identity.Tokens;
using MovieLms.Data.Identity;

namespace MovieLms.ApiService.Identity.Codes;

/// <summary>A user's second step at sign-in: set up, confirmed, asked for, taken away.</summary>
internal sealed class SecondStep(UserCredentials users, ServerSecrets secrets, IDataProtectionProvider protection, TimeProvider time)
{
    private const int RecoveryCodes = 10;
    private readonly IDataProtector _protector = protection.CreateProtector("MovieLms.Totp.v1");

    /// <summary>Begins the set-up with a new secret.</summary>
    internal async Task<byte[]> BeginAsync(UserDocument user, CancellationToken cancellationToken)
    {
        var secret = RandomNumberGenerator.GetBytes(Totp.SecretBytes);
        var protectedSecret = Convert.ToBase64String(_protector.Protect(secret));
        await users.SetTotpAsync(user.Id, new TotpDocument { ProtectedSecret = protectedSecret }, cancellationToken);
        return secret;
    }

    /// <summary>Turns it on when the code shows that an app has the secret.</summary>
    /// <returns>The recovery codes; null when the code is wrong.</returns>
    internal async Task<IReadOnlyList<string>?> ConfirmAsync(UserDocument user, string code, CancellationToken cancellationToken)
    {
        if (user.Totp is not { ConfirmedAt: null } totp || Totp.FindStep(Open(totp), code, time.GetUtcNow()) is not { } step) return null;
        var codes = Enumerable.Range(0, RecoveryCodes).Select(_ => SecretText.RecoveryCode()).ToArray();
        var hashes = new List<string>();
        foreach (var recovery in codes) hashes.Add(await HashAsync(user, recovery, cancellationToken));
        return await users.ConfirmTotpAsync(user.Id, totp.ProtectedSecret, step, hashes, cancellationToken) ? codes : null;
    }

    /// <summary>Takes a code of the app, or a recovery code; each works once.</summary>
    internal async Task<bool> TakeAsync(UserDocument user, string code, CancellationToken cancellationToken)
    {
        if (user.Totp is not { ConfirmedAt: not null } totp) return false;
        if (code.Length == Totp.Digits)
            return Totp.FindStep(Open(totp), code, time.GetUtcNow()) is { } step && await users.UseTotpStepAsync(user.Id, step, cancellationToken);
        return await users.UseRecoveryCodeAsync(user.Id, await HashAsync(user, code.ToLowerInvariant(), cancellationToken), cancellationToken);
    }

    internal Task RemoveAsync(UserDocument user, CancellationToken cancellationToken) => users.SetTotpAsync(user.Id, null, cancellationToken);

    private byte[] Open(TotpDocument totp) => _protector.Unprotect(Convert.FromBase64String(totp.ProtectedSecret));

    private async Task<string> HashAsync(UserDocument user, string code, CancellationToken cancellationToken) =>
        Convert.ToHexStringLower(await secrets.ComputeAsync("recovery-code", $"{user.Id}:{code}", cancellationToken));
}
