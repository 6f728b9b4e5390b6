using MovieLms.ApiService.Identity.Audit;
using MovieLms.ApiService.Identity.Codes;
using MovieLms.ApiService.Identity.Mails;
using MovieLms.ApiService.Identity.Users;
using MovieLms.Application.Cascades;
using MovieLms.Data.Cascades;
using MovieLms.Data.Identity;
using MovieLms.Data.Mail;
using MovieLms.ServiceDefaults.Access;

namespace MovieLms.ApiService.Identity.Deletion;

/// <summary>
/// Deletes an account at its user's request. The account is archived at once and erased by the Worker after a grace period. The link in the
/// mail about it cancels the deletion; signing in does not, because an archived user cannot sign in.
/// </summary>
internal sealed class AccountDeletion(
    UserStore users,
    AccountDeletionStore deletions,
    AccountOptions options,
    UserAdministration administration,
    CascadeOperations cascades,
    CascadeStore operations,
    OneTimeCodeStore codes,
    OutboxStore outbox,
    PublicAddress address,
    AuditLog audit,
    TimeProvider time
)
{
    /// <summary>The page of the console that cancels the deletion of an account.</summary>
    private const string KeepPage = "/account/keep";

    private const string Entity = "user";

    /// <summary>Longer than it takes to restore an account.</summary>
    private static readonly TimeSpan Postponement = TimeSpan.FromDays(1);

    /// <summary>
    /// Schedules the deletion, mails the link that cancels it, and archives the account. A repeated call completes these steps.
    /// </summary>
    /// <returns>When the account is due to be erased; null if the user is the last administrator or is no longer active.</returns>
    internal async Task<DateTimeOffset?> ScheduleAsync(UserDocument user, CancellationToken cancellationToken)
    {
        if (user.Role == Roles.Admin && await users.CountActiveAsync(Roles.Admin, cancellationToken) <= 1)
            return null;
        var dueAt = DateTimeOffset.FromUnixTimeMilliseconds((time.GetUtcNow() + options.DeletionGrace).ToUnixTimeMilliseconds());
        if (!await deletions.ScheduleAsync(user.Id, dueAt, cancellationToken))
            return null;
        // The mail first: without it, an interrupted request would archive an account that its user could not restore.
        await MailAsync(user, dueAt);
        var (status, _) = await administration.ArchiveAsync(user.Id, user.Id, CancellationToken.None);
        if (status != AdministrationStatus.Done)
        {
            // Another administrator was removed at the same time.
            await deletions.CancelAsync(user.Id, CancellationToken.None);
            return null;
        }
        await audit.WriteAsync(AuditActions.AccountDelete, true, user.Id);
        return dueAt;
    }

    /// <summary>Cancels a deletion with the token of a mailed link, and restores the account. Its sessions stay ended.</summary>
    /// <returns>False if the token is unknown, used or expired, or the deletion was canceled before.</returns>
    internal async Task<bool> CancelAsync(string token, CancellationToken cancellationToken)
    {
        var key = GetKey(token);
        if (await codes.FindAsync(key, cancellationToken) is not { } code)
            return false;
        if (await users.FindAsync(code.UserId, cancellationToken) is not { DeletionDueAt: not null } user || !await IsOwnAsync(user))
            return false;
        if (!await deletions.PostponeAsync(user.Id, Postponement, CancellationToken.None))
            return false;
        await cascades.RestoreAsync(Entity, user.Id, user.Id, CancellationToken.None);
        await codes.RemoveAsync(key, CancellationToken.None);
        await deletions.CancelAsync(user.Id, CancellationToken.None);
        await audit.WriteAsync(AuditActions.AccountKeep, true, user.Id);
        await outbox.AddAsync(IdentityMails.DeletionCanceled(user.Username).To(user.Email), CancellationToken.None);
        return true;
    }

    /// <summary>Returns false if an administrator archived the user, which a mailed link must not undo.</summary>
    private async Task<bool> IsOwnAsync(UserDocument user) =>
        user.ArchivedBy is not { } archiving
        || (await operations.FindAsync(archiving, CancellationToken.None) is { } operation && operation.By == user.Id);

    private async Task MailAsync(UserDocument user, DateTimeOffset dueAt)
    {
        var token = SecretText.Token();
        await codes.PutAsync(
            new OneTimeCode
            {
                Key = GetKey(token),
                UserId = user.Id,
                ExpiresAt = dueAt,
            },
            CancellationToken.None
        );
        var mail = IdentityMails.DeletionScheduled(user.Username, dueAt, address.GetPageUrl(KeepPage, token)).To(user.Email);
        await outbox.AddAsync(mail, CancellationToken.None);
    }

    private static string GetKey(string token) => $"keep:{SecretText.Hash(token)}";
}
