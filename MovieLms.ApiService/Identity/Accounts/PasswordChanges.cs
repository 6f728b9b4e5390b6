using System.Globalization;
using MovieLms.ApiService.Identity.Audit;
using MovieLms.ApiService.Identity.Codes;
using MovieLms.ApiService.Identity.Mails;
using MovieLms.ApiService.Identity.Passwords;
using MovieLms.ApiService.Identity.Tokens;
using MovieLms.Data.Identity;
using MovieLms.Data.Mail;
using MovieLms.ServiceDefaults.Errors;

namespace MovieLms.ApiService.Identity.Accounts;

/// <summary>Changes a password with the old one, or through a link that was mailed; either ends every session.</summary>
internal sealed class PasswordChanges(
    UserStore users,
    UserCredentials credentials,
    OneTimeCodeStore codes,
    OutboxStore outbox,
    PasswordHasher hasher,
    PasswordPolicy policy,
    SessionEnder ender,
    SecondStep secondStep,
    PublicAddress address,
    AuditLog audit,
    TimeProvider time
)
{
    private static readonly TimeSpan ResetLifetime = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan InvitationLifetime = TimeSpan.FromDays(3);
    internal const string ResetPage = "/account/password";

    /// <summary>Mails a reset link, if the address belongs to somebody.</summary>
    internal async Task MailResetAsync(string emailNormalized, CancellationToken cancellationToken)
    {
        if (await users.FindByEmailAsync(emailNormalized, cancellationToken) is not { ArchivedAt: null } user)
            return;
        var url = await LinkAsync(user, ResetLifetime, cancellationToken);
        await outbox.AddAsync(IdentityMails.Reset(user.Username, url).To(user.Email), cancellationToken);
    }

    /// <summary>Mails a link by which a new user chooses a password.</summary>
    internal async Task MailInvitationAsync(UserDocument user, CancellationToken cancellationToken)
    {
        var url = await LinkAsync(user, InvitationLifetime, cancellationToken);
        await outbox.AddAsync(IdentityMails.Invitation(user.Username, url).To(user.Email), cancellationToken);
    }

    /// <summary>Sets a new password through a link's token.</summary>
    /// <returns>False when the token is unknown, used or expired.</returns>
    /// <exception cref="InvalidInputException">The password is not good enough; the token still is.</exception>
    internal async Task<bool> ResetAsync(string token, string newPassword, CancellationToken cancellationToken)
    {
        var key = Key(token);
        if (await codes.FindAsync(key, cancellationToken) is not { } stored)
            return false;
        if (await users.FindAsync(stored.UserId, cancellationToken) is not { ArchivedAt: null } user || stored.Subject != Generation(user))
            return false;
        Require(newPassword, user);
        var hash = await hasher.HashAsync(newPassword, cancellationToken);
        if (await codes.TakeAsync(key, cancellationToken) is null)
            return false;
        if (await credentials.ResetPasswordAsync(user.Id, hash, CancellationToken.None) is not { } changed)
            return false;
        await FinishAsync(changed, AuditActions.PasswordReset);
        if (user.Totp?.ConfirmedAt is not null && changed.Totp is null)
            await secondStep.TellAsync(changed, isOn: false, detail: "off by reset");
        return true;
    }

    /// <summary>Changes a password.</summary>
    /// <returns>False when the current one is wrong.</returns>
    /// <exception cref="InvalidInputException">The new one is not good enough.</exception>
    internal async Task<bool> ChangeAsync(
        UserDocument user,
        string currentPassword,
        string newPassword,
        CancellationToken cancellationToken
    )
    {
        if (!await hasher.VerifyAsync(currentPassword, user.PasswordHash, cancellationToken))
        {
            await audit.WriteAsync(AuditActions.PasswordChange, false, user.Id);
            return false;
        }
        Require(newPassword, user);
        var hash = await hasher.HashAsync(newPassword, cancellationToken);
        if (await credentials.SetPasswordAsync(user.Id, user.PasswordHash, hash, CancellationToken.None) is not { } changed)
            return false;
        await FinishAsync(changed, AuditActions.PasswordChange);
        return true;
    }

    /// <summary>Sets a password on an operator's behalf; no current password is needed.</summary>
    /// <returns>False when the user was archived or deleted meanwhile.</returns>
    internal async Task<bool> SetAsync(UserDocument user, string newPassword, CancellationToken cancellationToken)
    {
        var hash = await hasher.HashAsync(newPassword, cancellationToken);
        if (await credentials.SetPasswordAsync(user.Id, null, hash, CancellationToken.None) is not { } changed)
            return false;
        await FinishAsync(changed, AuditActions.PasswordReset);
        return true;
    }

    private async Task FinishAsync(UserDocument user, string action)
    {
        await ender.AnnounceAsync(user);
        await audit.WriteAsync(action, true, user.Id);
        await outbox.AddAsync(IdentityMails.PasswordChanged(user.Username).To(user.Email), CancellationToken.None);
    }

    private void Require(string newPassword, UserDocument user)
    {
        if (policy.Problem(newPassword, user.Username, user.Email) is { } problem)
            throw new InvalidInputException("newPassword", problem);
    }

    private async Task<string> LinkAsync(UserDocument user, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        var token = SecretText.Token();
        // Bound to the generation: when the password changes any other way, the link is dead.
        await codes.PutAsync(
            new OneTimeCode
            {
                Key = Key(token),
                UserId = user.Id,
                Subject = Generation(user),
                ExpiresAt = time.GetUtcNow() + lifetime,
            },
            cancellationToken
        );
        return address.Page(ResetPage, token);
    }

    private static string Key(string token) => $"reset:{SecretText.Hash(token)}";

    private static string Generation(UserDocument user) => user.TokenGeneration.ToString(CultureInfo.InvariantCulture);
}
