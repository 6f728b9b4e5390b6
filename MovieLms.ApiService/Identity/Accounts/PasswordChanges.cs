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

/// <summary>Changes passwords, with the current password or with a mailed link. Both end all sessions.</summary>
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

    /// <summary>Mails a reset link if the address belongs to an active user.</summary>
    internal async Task MailResetAsync(string emailNormalized, CancellationToken cancellationToken)
    {
        if (await users.FindByEmailAsync(emailNormalized, cancellationToken) is not { ArchivedAt: null } user)
            return;
        var url = await CreateLinkAsync(user, ResetLifetime, cancellationToken);
        await outbox.AddAsync(IdentityMails.Reset(user.Username, url).To(user.Email), cancellationToken);
    }

    /// <summary>Mails a link with which a new user chooses a password.</summary>
    internal async Task MailInvitationAsync(UserDocument user, CancellationToken cancellationToken)
    {
        var url = await CreateLinkAsync(user, InvitationLifetime, cancellationToken);
        await outbox.AddAsync(IdentityMails.Invitation(user.Username, url).To(user.Email), cancellationToken);
    }

    /// <summary>Sets a new password with the token of a mailed link.</summary>
    /// <returns>False if the token is unknown, used or expired.</returns>
    /// <exception cref="InvalidInputException">The password is rejected. The token remains valid.</exception>
    internal async Task<bool> ResetAsync(string token, string newPassword, CancellationToken cancellationToken)
    {
        var key = GetKey(token);
        if (await codes.FindAsync(key, cancellationToken) is not { } stored)
            return false;
        if (await users.FindAsync(stored.UserId, cancellationToken) is not { ArchivedAt: null } user || stored.Subject != Generation(user))
            return false;
        ThrowIfRejected(newPassword, user);
        var hash = await hasher.HashAsync(newPassword, cancellationToken);
        if (await codes.ConsumeAsync(key, cancellationToken) is null)
            return false;
        if (await credentials.ResetPasswordAsync(user.Id, hash, CancellationToken.None) is not { } changed)
            return false;
        await FinishAsync(changed, AuditActions.PasswordReset);
        if (user.Totp?.ConfirmedAt is not null && changed.Totp is null)
            await secondStep.ReportChangeAsync(changed, isOn: false, detail: "off by reset");
        return true;
    }

    /// <summary>Changes a password.</summary>
    /// <returns>False if the current password is wrong.</returns>
    /// <exception cref="InvalidInputException">The new password is rejected.</exception>
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
        ThrowIfRejected(newPassword, user);
        var hash = await hasher.HashAsync(newPassword, cancellationToken);
        if (await credentials.SetPasswordAsync(user.Id, user.PasswordHash, hash, CancellationToken.None) is not { } changed)
            return false;
        await FinishAsync(changed, AuditActions.PasswordChange);
        return true;
    }

    /// <summary>Sets a password on behalf of an operator, without the current password.</summary>
    /// <returns>False if the user has been archived or deleted.</returns>
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

    private void ThrowIfRejected(string newPassword, UserDocument user)
    {
        if (policy.FindProblem(newPassword, user.Username, user.Email) is { } problem)
            throw new InvalidInputException("newPassword", problem);
    }

    private async Task<string> CreateLinkAsync(UserDocument user, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        var token = SecretText.Token();
        // Bound to the token generation, so any other password change invalidates the link.
        await codes.PutAsync(
            new OneTimeCode
            {
                Key = GetKey(token),
                UserId = user.Id,
                Subject = Generation(user),
                ExpiresAt = time.GetUtcNow() + lifetime,
            },
            cancellationToken
        );
        return address.GetPageUrl(ResetPage, token);
    }

    private static string GetKey(string token) => $"reset:{SecretText.Hash(token)}";

    /// <summary>
    /// Binds a link to the password and to the address to which it was mailed: a change of either invalidates it.
    /// </summary>
    private static string Generation(UserDocument user) =>
        string.Create(CultureInfo.InvariantCulture, $"{user.TokenGeneration}:{user.EmailNormalized}");
}
