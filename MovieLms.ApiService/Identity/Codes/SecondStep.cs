using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using MovieLms.ApiService.Identity.Audit;
using MovieLms.ApiService.Identity.Mails;
using MovieLms.ApiService.Identity.Tokens;
using MovieLms.Data.Identity;
using MovieLms.Data.Mail;

namespace MovieLms.ApiService.Identity.Codes;

/// <summary>
/// A user's second step at sign-in. Wrong codes are counted per user, over all sign-ins: after 20 in a row each one doubles the
/// time until the next is checked, and the user is told by mail once, because the guesser knows the password.
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
    private const int RecoveryCodes = 10;
    private readonly IDataProtector _protector = protection.CreateProtector("MovieLms.Totp.v1");

    /// <summary>Begins the set-up with a new secret.</summary>
    /// <returns>Null if the second step is on.</returns>
    internal async Task<byte[]?> BeginAsync(UserDocument user)
    {
        var secret = RandomNumberGenerator.GetBytes(Totp.SecretBytes);
        var protectedSecret = Convert.ToBase64String(_protector.Protect(secret));
        return await store.BeginAsync(user.Id, new TotpDocument { ProtectedSecret = protectedSecret }) ? secret : null;
    }

    /// <summary>Turns it on when the code shows that an app has the secret.</summary>
    /// <returns>The recovery codes; null when the code is wrong.</returns>
    internal async Task<IReadOnlyList<string>?> ConfirmAsync(UserDocument user, string code, CancellationToken cancellationToken)
    {
        if (user.Totp is not { ConfirmedAt: null } totp || Totp.FindStep(Open(totp), code, time.GetUtcNow()) is not { } step)
            return null;
        var codes = Enumerable.Range(0, RecoveryCodes).Select(_ => SecretText.RecoveryCode()).ToArray();
        var hashes = new List<string>();
        foreach (var recovery in codes)
            hashes.Add(await HashAsync(user, recovery, cancellationToken));
        return await store.ConfirmAsync(user.Id, totp.ProtectedSecret, step, hashes) ? codes : null;
    }

    /// <summary>Returns how long the user must wait before a code is checked; null if not at all.</summary>
    internal TimeSpan? Wait(UserDocument user) =>
        user.SecondStepFailures?.RetryAt - time.GetUtcNow() is { } wait && wait > TimeSpan.Zero ? wait : null;

    /// <summary>Takes a code of the app, or a recovery code; each works once. Counts a wrong one.</summary>
    internal async Task<bool> TakeAsync(UserDocument user, string code, CancellationToken cancellationToken)
    {
        if (user.Totp is not { ConfirmedAt: not null } totp || Wait(user) is not null)
            return false;
        bool isRight;
        if (code.Length == Totp.Digits)
        {
            var step = Totp.FindStep(Open(totp), code, time.GetUtcNow());
            isRight = step is { } found && await store.UseStepAsync(user.Id, found);
            // A right code that was used before is refused, and is no guess.
            if (step is not null && !isRight)
                return false;
        }
        else
        {
            isRight = await store.UseRecoveryCodeAsync(user.Id, await HashAsync(user, code.ToLowerInvariant(), cancellationToken));
        }
        if (isRight && user.SecondStepFailures is not null)
            await store.ClearFailuresAsync(user.Id);
        if (!isRight && await store.AddFailureAsync(user.Id) == SecondStepStore.FreeFailures)
        {
            await audit.WriteAsync(AuditActions.SecondStepBlocked, false, user.Id);
            await outbox.AddAsync(IdentityMails.SecondStepGuessed(user.Username).To(user.Email), CancellationToken.None);
        }
        return isRight;
    }

    /// <summary>Turns it off at the user's own wish.</summary>
    internal async Task RemoveAsync(UserDocument user)
    {
        await store.RemoveAsync(user.Id);
        await TellAsync(user, isOn: false, detail: "off");
    }

    /// <summary>Audits a change and tells the user by mail.</summary>
    internal async Task TellAsync(UserDocument user, bool isOn, string detail)
    {
        await audit.WriteAsync(AuditActions.TotpChange, true, user.Id, detail);
        await outbox.AddAsync(IdentityMails.SecondStepChanged(user.Username, isOn).To(user.Email), CancellationToken.None);
    }

    private byte[] Open(TotpDocument totp) => _protector.Unprotect(Convert.FromBase64String(totp.ProtectedSecret));

    private async Task<string> HashAsync(UserDocument user, string code, CancellationToken cancellationToken) =>
        Convert.ToHexStringLower(await secrets.ComputeAsync("recovery-code", $"{user.Id}:{code}", cancellationToken));
}
