using MongoDB.Bson;
using MovieLms.ApiService.Identity.Accounts;
using MovieLms.ApiService.Identity.Audit;
using MovieLms.ApiService.Identity.Tokens;
using MovieLms.Data.Cascades;
using MovieLms.Data.Identity;
using MovieLms.Data.Storage;
using MovieLms.ServiceDefaults.Access;

namespace MovieLms.ApiService.Identity.Users;

/// <summary>What came of an act of administration.</summary>
internal enum AdministrationStatus
{
    Done,
    NotFound,

    /// <summary>Nobody would be left to undo it.</summary>
    LastAdmin,
}

/// <summary>What admins do to users. Each act ends the sessions that it concerns, and is audited.</summary>
internal sealed class UserAdministration(
    UserStore users, UserCredentials credentials, PasswordChanges passwords, SessionEnder ender, CascadeOperations cascades, AuditLog audit)
{
    private const string Entity = "user";

    /// <summary>Makes a user without a password, and mails them a link to choose one.</summary>
    /// <returns>Null when the address is taken.</returns>
    internal async Task<UserDocument?> InviteAsync(string username, string email, string emailNormalized, string role, CancellationToken cancellationToken)
    {
        var user = await users.AddAsync(
            new UserDocument { Username = username, Email = email, EmailNormalized = emailNormalized, Role = role }, cancellationToken);
        if (user is null) return null;
        await passwords.MailInvitationAsync(user, cancellationToken);
        await audit.WriteAsync(AuditActions.Invite, true, user.Id, role);
        return user;
    }

    internal async Task<(AdministrationStatus Status, UserDocument? User)> SetRoleAsync(ObjectId id, string role, CancellationToken cancellationToken)
    {
        if (await users.FindAsync(id, cancellationToken) is not { } before) return (AdministrationStatus.NotFound, null);
        if (before.Role == role) return (AdministrationStatus.Done, before);
        if (await IsLastAdminAsync(before, cancellationToken)) return (AdministrationStatus.LastAdmin, before);
        if (await credentials.SetRoleAsync(id, role, cancellationToken) is not { } changed) return (AdministrationStatus.Done, before with { Role = role });
        await ender.EndAllAsync(id, changed.TokenGeneration, cancellationToken);
        await audit.WriteAsync(AuditActions.RoleChange, true, id, $"{before.Role} → {role}");
        return (AdministrationStatus.Done, changed);
    }

    /// <summary>Archives a user with all that goes with them; doing it again is no error.</summary>
    internal async Task<(AdministrationStatus Status, UserDocument? User)> ArchiveAsync(ObjectId id, ObjectId by, CancellationToken cancellationToken)
    {
        if (await users.FindAsync(id, cancellationToken) is not { } before) return (AdministrationStatus.NotFound, null);
        if (await IsLastAdminAsync(before, cancellationToken)) return (AdministrationStatus.LastAdmin, before);
        if (await cascades.ArchiveAsync(Entity, id, by, null, cancellationToken) != WriteStatus.Done) return (AdministrationStatus.NotFound, null);
        if (before.ArchivedAt is null) await audit.WriteAsync(AuditActions.Archive, true, id);
        return (AdministrationStatus.Done, await users.FindAsync(id, CancellationToken.None));
    }

    /// <summary>Brings a user back with exactly what was archived with them; their sessions stay ended.</summary>
    internal async Task<(AdministrationStatus Status, UserDocument? User)> RestoreAsync(ObjectId id, ObjectId by, CancellationToken cancellationToken)
    {
        if (await users.FindAsync(id, cancellationToken) is not { } before) return (AdministrationStatus.NotFound, null);
        if (await cascades.RestoreAsync(Entity, id, by, cancellationToken) != WriteStatus.Done) return (AdministrationStatus.NotFound, null);
        if (before.ArchivedAt is not null) await audit.WriteAsync(AuditActions.Restore, true, id);
        return (AdministrationStatus.Done, await users.FindAsync(id, CancellationToken.None));
    }

    private async Task<bool> IsLastAdminAsync(UserDocument user, CancellationToken cancellationToken) =>
        user is { Role: Roles.Admin, ArchivedAt: null } && await users.CountActiveAsync(Roles.Admin, cancellationToken) <= 1;
}
