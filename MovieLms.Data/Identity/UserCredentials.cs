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

    /// <summary>Sets a new password; every token made before is of an earlier generation.</summary>
    /// <param name="id">Whose.</param>
    /// <param name="expectedHash">The hash the caller has checked, so that of two parallel changes one wins; null for a reset.</param>
    /// <param name="newHash">The hash to store.</param>
    /// <param name="verifiesEmail">True when it was done through a mail: then the address is verified.</param>
    /// <param name="cancellationToken">The request's.</param>
    /// <returns>The changed user; null when the expected hash is no longer the current one.</returns>
    public Task<UserDocument?> SetPasswordAsync(ObjectId id, string? expectedHash, string newHash, bool verifiesEmail, CancellationToken cancellationToken)
    {
        var filter = Filter.Eq(user => user.Id, id) & Filter.Eq(user => user.ArchivedAt, null);
        if (expectedHash is not null) filter &= Filter.Eq(user => user.PasswordHash, expectedHash);
        var update = Update.Set(user => user.PasswordHash, newHash).Inc(user => user.TokenGeneration, 1);
        return ChangeAsync(filter, verifiesEmail ? update.Set(user => user.EmailVerifiedAt, time.GetUtcNow()) : update, cancellationToken);
    }

    /// <summary>Notes that an address was shown to be the user's, if it still is the one that was asked about.</summary>
    public async Task<bool> VerifyEmailAsync(ObjectId id, string emailNormalized, CancellationToken cancellationToken) =>
        await ChangeAsync(
            Filter.Where(user => user.Id == id && user.EmailNormalized == emailNormalized),
            Update.Set(user => user.EmailVerifiedAt, time.GetUtcNow()), cancellationToken) is not null;

    /// <inheritdoc cref="VerifyEmailAsync"/>
    public async Task<bool> VerifyPhoneAsync(ObjectId id, string phone, CancellationToken cancellationToken) =>
        await ChangeAsync(
            Filter.Where(user => user.Id == id && user.Phone == phone),
            Update.Set(user => user.PhoneVerifiedAt, time.GetUtcNow()), cancellationToken) is not null;

    /// <summary>Sets or removes the second step.</summary>
    public Task<UserDocument?> SetTotpAsync(ObjectId id, TotpDocument? totp, CancellationToken cancellationToken) => ChangeAsync(
        Filter.Eq(user => user.Id, id),
        totp is null ? Update.Unset(user => user.Totp) : Update.Set(user => user.Totp, totp),
        cancellationToken);

    /// <summary>Turns the second step on, once its first code was right.</summary>
    /// <returns>False when it was on already or was begun anew meanwhile.</returns>
    public async Task<bool> ConfirmTotpAsync(
        ObjectId id, string protectedSecret, long step, IReadOnlyList<string> recoveryCodes, CancellationToken cancellationToken) =>
        await ChangeAsync(
            Filter.Where(user => user.Id == id && user.Totp!.ProtectedSecret == protectedSecret && user.Totp.ConfirmedAt == null),
            Update.Set(user => user.Totp!.ConfirmedAt, time.GetUtcNow())
                .Set(user => user.Totp!.LastStep, step)
                .Set(user => user.Totp!.RecoveryCodes, recoveryCodes),
            cancellationToken) is not null;

    /// <summary>Uses up a time step; of parallel callers with the same code one is told true.</summary>
    public async Task<bool> UseTotpStepAsync(ObjectId id, long step, CancellationToken cancellationToken)
    {
        var used = await _users.UpdateOneAsync(
            user => user.Id == id && user.Totp!.LastStep < step, Update.Set(user => user.Totp!.LastStep, step), cancellationToken: cancellationToken);
        return used.ModifiedCount == 1;
    }

    /// <summary>Uses up a recovery code; of parallel callers with the same code one is told true.</summary>
    public async Task<bool> UseRecoveryCodeAsync(ObjectId id, string codeHash, CancellationToken cancellationToken)
    {
        var used = await _users.UpdateOneAsync(
            Filter.Eq(user => user.Id, id) & Filter.AnyEq(user => user.Totp!.RecoveryCodes, codeHash),
            Update.Pull(user => user.Totp!.RecoveryCodes, codeHash), cancellationToken: cancellationToken);
        return used.ModifiedCount == 1;
    }

    /// <summary>Gives another role; tokens with the old one are of an earlier generation.</summary>
    /// <returns>The changed user; null when there is none, or the role was the same.</returns>
    public Task<UserDocument?> SetRoleAsync(ObjectId id, string role, CancellationToken cancellationToken) => ChangeAsync(
        Filter.Where(user => user.Id == id && user.Role != role),
        Update.Set(user => user.Role, role).Inc(user => user.TokenGeneration, 1), cancellationToken);

    /// <summary>Lets an account elsewhere sign in as this user.</summary>
    public Task<UserDocument?> LinkAsync(ObjectId id, ExternalLogin login, CancellationToken cancellationToken) => ChangeAsync(
        Filter.Eq(user => user.Id, id), Update.AddToSet(user => user.ExternalLogins, login), cancellationToken);

    private async Task<UserDocument?> ChangeAsync(
        FilterDefinition<UserDocument> filter, UpdateDefinition<UserDocument> update, CancellationToken cancellationToken) =>
        await _users.FindOneAndUpdateAsync(
            filter,
            update.Inc(user => user.Version, 1).Set(user => user.UpdatedAt, time.GetUtcNow()),
            new FindOneAndUpdateOptions<UserDocument> { ReturnDocument = ReturnDocument.After },
            cancellationToken);
}
