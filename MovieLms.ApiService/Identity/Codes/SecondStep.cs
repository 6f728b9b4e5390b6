using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using MovieLms.ApiService.Identity.Audit;
using MovieLms.ApiService.Identity.Mails;
using MovieLms.ApiService.Identity.Tokens;
using MovieLms.Data.Identity;
using MovieLms.Data.Mail;

namespace MovieLms.ApiService.Identity.Codes;

/// <summary>
/// Manages the second step of a user's sign-in. Wrong codes are counted per user across all sign-ins. After 20 in a row, each one doubles
/// the delay before the next check, and the user is warned by mail once, because the guesser knows the password.
/// </summary>
internal sealed class SecondStep(
    SecondStepStore store,
    ServerSecrets secrets,
    OutboxStore outbox,
    AuditLog audit,
    IDataProtectionProvider protection,
    TimeProvider time
)
{
    private const int RecoveryCodeCount = 10;
    private readonly IDataProtector _protector = protection.CreateProtector("MovieLms.Totp.v1");

    /// <summary>Begins the setup with a new secret.</summary>
    /// <returns>The secret, or null if the second step is already on.</returns>
    internal async Task<byte[]?> BeginAsync(UserDocument user)
    {
        var secret = RandomNumberGenerator.GetBytes(Totp.SecretBytes);
        var protectedSecret = Convert.ToBase64String(_protector.Protect(secret));
        return await store.StartAsync(user.Id, new TotpDocument { ProtectedSecret = protectedSecret }) ? secret : null;
    }

    /// <summary>Turns the second step on if the code proves that an app has the secret.</summary>
    /// <returns>The recovery codes, or null if the code is wrong.</returns>
    internal async Task<IReadOnlyList<string>?> ConfirmAsync(UserDocument user, string code, CancellationToken cancellationToken)
    {
        if (user.Totp is not { ConfirmedAt: null } totp || Totp.FindStep(DecryptSecret(totp), code, time.GetUtcNow()) is not { } step)
            return null;
        var codes = Enumerable.Range(0, RecoveryCodeCount).Select(_ => SecretText.RecoveryCode()).ToArray();
        var hashes = new List<string>();
        foreach (var recovery in codes)
            hashes.Add(await HashAsync(user, recovery, cancellationToken));
        return await store.ConfirmAsync(user.Id, totp.ProtectedSecret, step, hashes) ? codes : null;
    }

    /// <summary>Returns how long the user must wait before the next code is checked, or null if there is no delay.</summary>
    internal TimeSpan? GetRetryDelay(UserDocument user) =>
        user.SecondStepFailures?.RetryAt - time.GetUtcNow() is { } delay && delay > TimeSpan.Zero ? delay : null;

    /// <summary>Redeems a code of the app or a recovery code. Each works once. Counts wrong codes.</summary>
    internal async Task<bool> VerifyAsync(UserDocument user, string code, CancellationToken cancellationToken)
    {
        if (user.Totp is not { ConfirmedAt: not null } totp || GetRetryDelay(user) is not null)
            return false;
        bool isValid;
        if (code.Length == Totp.Digits)
        {
            var step = Totp.FindStep(DecryptSecret(totp), code, time.GetUtcNow());
            isValid = step is { } found && await store.TryConsumeStepAsync(user.Id, found);
            // A correct code that was already used is rejected but does not count as a guess.
            if (step is not null && !isValid)
                return false;
        }
        else
        {
            isValid = await store.TryConsumeRecoveryCodeAsync(user.Id, await HashAsync(user, code.ToLowerInvariant(), cancellationToken));
        }
        if (isValid && user.SecondStepFailures is not null)
            await store.ClearFailuresAsync(user.Id);
        if (!isValid && await store.AddFailureAsync(user.Id) == SecondStepStore.FreeFailures)
        {
            await audit.WriteAsync(AuditActions.SecondStepBlocked, false, user.Id);
            await outbox.AddAsync(IdentityMails.SecondStepGuessed(user.Username).To(user.Email), CancellationToken.None);
        }
        return isValid;
    }

    /// <summary>Turns the second step off at the user's request.</summary>
    internal async Task RemoveAsync(UserDocument user)
    {
        await store.RemoveAsync(user.Id);
        await ReportChangeAsync(user, isOn: false, detail: "off");
    }

    /// <summary>Audits a change and notifies the user by mail.</summary>
    internal async Task ReportChangeAsync(UserDocument user, bool isOn, string detail)
    {
        await audit.WriteAsync(AuditActions.TotpChange, true, user.Id, detail);
        await outbox.AddAsync(IdentityMails.SecondStepChanged(user.Username, isOn).To(user.Email), CancellationToken.None);
    }

    private byte[] DecryptSecret(TotpDocument totp) => _protector.Unprotect(Convert.FromBase64String(totp.ProtectedSecret));

    private async Task<string> HashAsync(UserDocument user, string code, CancellationToken cancellationToken) =>
        Convert.ToHexStringLower(await secrets.ComputeAsync("recovery-code", $"{user.Id}:{code}", cancellationToken));
}
