using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Identity;

/// <summary>Changes of what a user signs in with, and of what they may do: most end the sessions made before.</summary>
public sealed class UserCredentials(IMongoDatabase database, TimeProvider time)
{
    private static readonly FilterDefinitionBuilder<UserDocument> Filter = Builders<UserDocument>.Filter;
    private static readonly UpdateDefinitionBuilder<UserDocument> Update = Builders<UserDocument>.Update;
    private readonly IMongoCollection<UserDocument> _users = database.GetCollection<UserDocument>(CollectionNames.Users);

    /// <summary>Sets a new password and revokes every token.</summary>
    /// <param name="id">The user.</param>
    /// <param name="expectedHash">The hash that the caller has checked, so that one of two parallel changes wins; null to replace
    /// any.</param>
    /// <param name="newHash">The hash to store.</param>
    /// <param name="cancellationToken">Cancels the write.</param>
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
    /// before, what an earlier holder of the account has set up is dropped.
    /// </summary>
    /// <returns>The changed user; null if there is no active one.</returns>
    public async Task<UserDocument?> ResetPasswordAsync(ObjectId id, string newHash, CancellationToken cancellationToken) =>
        await ChangeAsync(
            Active(id) & Filter.Where(user => user.EmailVerifiedAt != null && user.EmailVerifiedByLink != true),
            Password(newHash),
            cancellationToken
        ) ?? await ChangeAsync(Active(id), Password(newHash).DropUnproven(time), cancellationToken);

    /// <summary>Records that an address was shown to be the user's, if it still is the one that was asked about.</summary>
    /// <param name="id">The user.</param>
    /// <param name="emailNormalized">The address.</param>
    /// <param name="isByLink">True for a mailed link; it proves less than a code typed by the signed-in user and takes nothing from
    /// it.</param>
    /// <param name="cancellationToken">Cancels the write.</param>
    public async Task<bool> VerifyEmailAsync(ObjectId id, string emailNormalized, bool isByLink, CancellationToken cancellationToken)
    {
        var same = Filter.Where(user => user.Id == id && user.EmailNormalized == emailNormalized);
        var verified = Update.Set(user => user.EmailVerifiedAt, time.GetUtcNow()).Set(user => user.EmailVerifiedByLink, isByLink);
        if (isByLink && await ChangeAsync(same & Filter.Eq(user => user.EmailVerifiedAt, null), verified, cancellationToken) is null)
            return await _users.Find(same).AnyAsync(cancellationToken);
        return isByLink || await ChangeAsync(same, verified, cancellationToken) is not null;
    }

    /// <summary>Records that a number was shown to be the user's, if it still is the one that was asked about.</summary>
    public async Task<bool> VerifyPhoneAsync(ObjectId id, string phone, CancellationToken cancellationToken) =>
        await ChangeAsync(
            Filter.Where(user => user.Id == id && user.Phone == phone),
            Update.Set(user => user.PhoneVerifiedAt, time.GetUtcNow()),
            cancellationToken
        )
            is not null;

    /// <summary>Changes the role and revokes the tokens that carry the old one.</summary>
    /// <param name="id">The user.</param>
    /// <param name="from">The role that the caller knows; if it has changed, nothing is written.</param>
    /// <param name="to">The new role.</param>
    /// <param name="removal">For an administrator, the removal that <see cref="LastAdminGuard"/> announced; if it was withdrawn, nothing is
    /// written.</param>
    /// <param name="cancellationToken">Cancels the write.</param>
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

    /// <summary>Lets an account elsewhere sign in as this user.</summary>
    public Task<UserDocument?> LinkAsync(ObjectId id, ExternalLogin login, CancellationToken cancellationToken) =>
        ChangeAsync(Filter.Eq(user => user.Id, id), Update.AddToSet(user => user.ExternalLogins, login), cancellationToken);

    /// <summary>
    /// Gives an account whose address was never proven to the person whom a provider names as its owner: an earlier holder's
    /// password, second step, links and sessions end.
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
