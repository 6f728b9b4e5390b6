using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Identity;

/// <summary>Changes users' credentials and roles. Most changes end existing sessions.</summary>
public sealed class UserCredentials(IMongoDatabase database, TimeProvider time)
{
    private static readonly FilterDefinitionBuilder<UserDocument> Filter = Builders<UserDocument>.Filter;
    private static readonly UpdateDefinitionBuilder<UserDocument> Update = Builders<UserDocument>.Update;
    private readonly IMongoCollection<UserDocument> _users = database.GetCollection<UserDocument>(CollectionNames.Users);

    /// <summary>Sets a new password and revokes every token.</summary>
    /// <remarks>
    /// <paramref name="expectedHash"/> is the hash that the caller has checked, so that one of two concurrent changes wins; null
    /// replaces any hash.
    /// </remarks>
    /// <returns>The changed user; null if the expected hash is no longer the current one.</returns>
    public Task<UserDocument?> SetPasswordAsync(ObjectId id, string? expectedHash, string newHash, CancellationToken cancellationToken)
    {
        var filter = Active(id);
        if (expectedHash is not null)
            filter &= Filter.Eq(user => user.PasswordHash, expectedHash);
        return ChangeAsync(filter, Password(newHash), cancellationToken);
    }

    /// <summary>
    /// Sets a password through a mailed link, which proves the address, and revokes every token. If the address was not proven
    /// before, everything that an earlier holder of the account has set up is removed.
    /// </summary>
    /// <returns>The changed user; null if there is no active user with this ID.</returns>
    public async Task<UserDocument?> ResetPasswordAsync(ObjectId id, string newHash, CancellationToken cancellationToken) =>
        await ChangeAsync(
            Active(id) & Filter.Where(user => user.EmailVerifiedAt != null && user.EmailVerifiedByLink != true),
            Password(newHash),
            cancellationToken
        ) ?? await ChangeAsync(Active(id), Password(newHash).DropUnproven(time), cancellationToken);

    /// <summary>Marks an e-mail address as verified, unless the user has changed it since.</summary>
    /// <remarks>
    /// A mailed link (<paramref name="isByLink"/>) proves less than a code that the signed-in user enters, and never replaces that proof.
    /// </remarks>
    public async Task<bool> VerifyEmailAsync(ObjectId id, string emailNormalized, bool isByLink, CancellationToken cancellationToken)
    {
        var same = Filter.Where(user => user.Id == id && user.EmailNormalized == emailNormalized);
        var verified = Update.Set(user => user.EmailVerifiedAt, time.GetUtcNow()).Set(user => user.EmailVerifiedByLink, isByLink);
        if (isByLink && await ChangeAsync(same & Filter.Eq(user => user.EmailVerifiedAt, null), verified, cancellationToken) is null)
            return await _users.Find(same).AnyAsync(cancellationToken);
        return isByLink || await ChangeAsync(same, verified, cancellationToken) is not null;
    }

    /// <summary>Marks a phone number as verified, unless the user has changed it since.</summary>
    public async Task<bool> VerifyPhoneAsync(ObjectId id, string phone, CancellationToken cancellationToken) =>
        await ChangeAsync(
            Filter.Where(user => user.Id == id && user.Phone == phone),
            Update.Set(user => user.PhoneVerifiedAt, time.GetUtcNow()),
            cancellationToken
        )
            is not null;

    /// <summary>Changes the role and revokes the tokens that carry the old one.</summary>
    /// <remarks>
    /// Nothing is written if the role is no longer <paramref name="from"/>, or if <paramref name="removal"/>, which
    /// <see cref="LastAdminGuard"/> announces for an administrator, was withdrawn.
    /// </remarks>
    /// <returns>The changed user; null if nothing was written.</returns>
    public Task<UserDocument?> SetRoleAsync(ObjectId id, string from, string to, ObjectId? removal, CancellationToken cancellationToken)
    {
        var filter = Filter.Where(user => user.Id == id && user.Role == from);
        if (removal is { } announced)
            filter &= Filter.Where(user => user.Removal!.Id == announced);
        return ChangeAsync(filter, Update.Set(user => user.Role, to).Unset(user => user.Removal).RevokeTokens(time), cancellationToken);
    }

    /// <summary>Revokes every token that the user holds.</summary>
    public Task<UserDocument?> RevokeTokensAsync(ObjectId id, CancellationToken cancellationToken) =>
        ChangeAsync(Filter.Eq(user => user.Id, id), Update.Combine().RevokeTokens(time), cancellationToken);

    /// <summary>Lets an external account sign in as this user.</summary>
    public Task<UserDocument?> LinkAsync(ObjectId id, ExternalLogin login, CancellationToken cancellationToken) =>
        ChangeAsync(Filter.Eq(user => user.Id, id), Update.AddToSet(user => user.ExternalLogins, login), cancellationToken);

    /// <summary>
    /// Transfers an account with an unproven address to the person whom a provider names as the owner of the address. Removes the
    /// earlier holder's password, second step and links, and ends the sessions.
    /// </summary>
    public Task<UserDocument?> TakeOverAsync(ObjectId id, ExternalLogin login, CancellationToken cancellationToken) =>
        ChangeAsync(Active(id), Update.Unset(user => user.PasswordHash).RevokeTokens(time).DropUnproven(time, login), cancellationToken);

    private static FilterDefinition<UserDocument> Active(ObjectId id) =>
        Filter.Eq(user => user.Id, id) & Filter.Eq(user => user.ArchivedAt, null);

    private UpdateDefinition<UserDocument> Password(string hash) =>
        Update.Set(user => user.PasswordHash, hash).Unset(user => user.SecondStepFailures).RevokeTokens(time);

    private async Task<UserDocument?> ChangeAsync(
        FilterDefinition<UserDocument> filter,
        UpdateDefinition<UserDocument> update,
        CancellationToken cancellationToken
    ) =>
        await _users.FindOneAndUpdateAsync(
            filter,
            update.Inc(user => user.Version, 1).Set(user => user.UpdatedAt, time.GetUtcNow()),
            new FindOneAndUpdateOptions<UserDocument> { ReturnDocument = ReturnDocument.After },
            cancellationToken
        );
}
