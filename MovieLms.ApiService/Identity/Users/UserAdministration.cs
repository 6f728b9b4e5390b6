using MongoDB.Bson;
using MovieLms.ApiService.Identity.Accounts;
using MovieLms.ApiService.Identity.Audit;
using MovieLms.ApiService.Identity.Mails;
using MovieLms.ApiService.Identity.Tokens;
using MovieLms.Application.Cascades;
using MovieLms.Data.Identity;
using MovieLms.Data.Mail;
using MovieLms.Data.Storage;
using MovieLms.ServiceDefaults.Access;
using MovieLms.ServiceDefaults.Errors;

namespace MovieLms.ApiService.Identity.Users;

/// <summary>The result of an administrative action.</summary>
internal enum AdministrationStatus
{
    Done,
    NotFound,

    /// <summary>The change would leave no administrator.</summary>
    LastAdmin,
}

/// <summary>
/// Manages users on behalf of administrators. Each action ends the affected sessions and is audited. After the first write, the remaining
/// steps run even if the request is canceled, and a repeated request repeats them.
/// </summary>
internal sealed class UserAdministration(
    UserStore users,
    UserCredentials credentials,
    SecondStepStore secondSteps,
    LastAdminGuard guard,
    PasswordChanges passwords,
    SessionEnder ender,
    CascadeOperations cascades,
    AccountDeletionStore deletions,
    OutboxStore outbox,
    AuditLog audit
)
{
    private const string Entity = "user";
    private const int MaxAttempts = 5;

    /// <summary>Creates a user without a password and mails them a link to choose one.</summary>
    /// <returns>Null if the address is taken.</returns>
    internal async Task<UserDocument?> InviteAsync(
        string username,
        string email,
        string emailNormalized,
        string role,
        CancellationToken cancellationToken
    )
    {
        var user = await users.AddAsync(
            new UserDocument
            {
                Username = username,
                Email = email,
                EmailNormalized = emailNormalized,
                Role = role,
            },
            cancellationToken
        );
        if (user is null)
            return null;
        await passwords.MailInvitationAsync(user, CancellationToken.None);
        await audit.WriteAsync(AuditActions.Invite, true, user.Id, role);
        return user;
    }

    internal Task<(AdministrationStatus Status, UserDocument? User)> SetRoleAsync(
        ObjectId id,
        string role,
        CancellationToken cancellationToken
    ) =>
        ChangeAsync(
            id,
            async (before, removal) =>
            {
                if (before.Role == role)
                {
                    await ender.AnnounceAsync(before);
                    return true;
                }
                if (await credentials.SetRoleAsync(id, before.Role, role, removal, CancellationToken.None) is not { } changed)
                    return false;
                await ender.AnnounceAsync(changed);
                await audit.WriteAsync(AuditActions.RoleChange, true, id, $"{before.Role} → {role}");
                return true;
            },
            before => before.Role != role,
            cancellationToken
        );

    /// <summary>Archives a user and everything that belongs to them. Archiving again revokes the user's tokens again.</summary>
    internal Task<(AdministrationStatus Status, UserDocument? User)> ArchiveAsync(
        ObjectId id,
        ObjectId by,
        CancellationToken cancellationToken
    ) =>
        ChangeAsync(
            id,
            async (before, removal) =>
            {
                if (before.ArchivedAt is not null)
                {
                    if (await credentials.RevokeTokensAsync(id, CancellationToken.None) is { } revoked)
                        await ender.AnnounceAsync(revoked);
                    return true;
                }
                // This version contains the announced removal. It changes when the announcement is withdrawn.
                if (await cascades.ArchiveAsync(Entity, id, by, [before.Version], CancellationToken.None) != WriteStatus.Done)
                    return false;
                if (removal is { } announced)
                    await guard.WithdrawAsync(id, announced);
                await audit.WriteAsync(AuditActions.Archive, true, id);
                return true;
            },
            before => before.ArchivedAt is null,
            cancellationToken
        );

    /// <summary>Restores a user and exactly what was archived with them. Their sessions stay ended.</summary>
    internal async Task<(AdministrationStatus Status, UserDocument? User)> RestoreAsync(
        ObjectId id,
        ObjectId by,
        CancellationToken cancellationToken
    )
    {
        if (await users.FindAsync(id, cancellationToken) is not { } before)
            return (AdministrationStatus.NotFound, null);
        // An account that is being erased can no longer be restored. Postpone a due erasure, so that it cannot begin in between.
        if (before.DeletionDueAt is not null && !await deletions.PostponeAsync(id, TimeSpan.FromDays(1), cancellationToken))
            return (AdministrationStatus.NotFound, null);
        if (before.ErasureStartedAt is not null || await cascades.RestoreAsync(Entity, id, by, cancellationToken) != WriteStatus.Done)
            return (AdministrationStatus.NotFound, null);
        await deletions.CancelAsync(id, CancellationToken.None);
        if (before.ArchivedAt is not null)
            await audit.WriteAsync(AuditActions.Restore, true, id);
        return (AdministrationStatus.Done, await users.FindAsync(id, CancellationToken.None));
    }

    /// <summary>Ends all sessions of a user. A repeated call ends sessions that began in between.</summary>
    /// <returns>False if there is no such user.</returns>
    internal async Task<bool> EndSessionsAsync(ObjectId id, CancellationToken cancellationToken)
    {
        if (await users.FindAsync(id, cancellationToken) is null)
            return false;
        if (await credentials.RevokeTokensAsync(id, CancellationToken.None) is not { } revoked)
            return false;
        await ender.AnnounceAsync(revoked);
        await audit.WriteAsync(AuditActions.SessionEnd, true, id, "all, by an administrator");
        return true;
    }

    /// <summary>Turns off the second step of a user who has lost it. A repeated call announces the end of the sessions again.</summary>
    /// <returns>False if there is no such user.</returns>
    internal async Task<bool> RemoveSecondStepAsync(ObjectId id, CancellationToken cancellationToken)
    {
        if (await users.FindAsync(id, cancellationToken) is not { } before)
            return false;
        var changed = await secondSteps.RevokeAsync(id);
        await ender.AnnounceAsync(changed ?? before);
        if (changed is null || before.Totp?.ConfirmedAt is null)
            return true;
        await audit.WriteAsync(AuditActions.TotpChange, true, id, "removed by an administrator");
        await outbox.AddAsync(IdentityMails.SecondStepRemoved(changed.Username).To(changed.Email), CancellationToken.None);
        return true;
    }

    /// <summary>Applies a change. A change that removes an active administrator is announced first.</summary>
    /// <param name="id">The user's ID.</param>
    /// <param name="change">Applies the change to the user as read. Returns false if the document has changed since.</param>
    /// <param name="removes">Returns true if the change removes the administrator.</param>
    /// <param name="cancellationToken">Has no effect after the first write.</param>
    private async Task<(AdministrationStatus Status, UserDocument? User)> ChangeAsync(
        ObjectId id,
        Func<UserDocument, ObjectId?, Task<bool>> change,
        Func<UserDocument, bool> removes,
        CancellationToken cancellationToken
    )
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (await users.FindAsync(id, cancellationToken) is not { DeletedAt: null } before)
                return (AdministrationStatus.NotFound, null);
            if (before is not { Role: Roles.Admin, ArchivedAt: null } || !removes(before))
            {
                if (await change(before, null))
                    return (AdministrationStatus.Done, await users.FindAsync(id, CancellationToken.None));
                continue;
            }
            if (await guard.TryAnnounceAsync(id, Roles.Admin) is { Removal: { } removal } announced)
            {
                if (await change(announced, removal.Id))
                    return (AdministrationStatus.Done, await users.FindAsync(id, CancellationToken.None));
                await guard.WithdrawAsync(id, removal.Id);
            }
            else if (await IsLastAdminAsync(id))
            {
                return (AdministrationStatus.LastAdmin, before);
            }
            // Another removal is in progress. Random delays let one of them finish.
            await Task.Delay(Random.Shared.Next(10, 100), CancellationToken.None);
        }
        throw new BusyException("Another change to the administrators is in progress");
    }

    private async Task<bool> IsLastAdminAsync(ObjectId id) =>
        await users.CountActiveAsync(Roles.Admin, CancellationToken.None) <= 1
        && await users.FindAsync(id, CancellationToken.None) is { Role: Roles.Admin, ArchivedAt: null };
}
