using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Identity;

/// <summary>The second step of sign-in, stored in the user's document.</summary>
public sealed class SecondStepStore(IMongoDatabase database, TimeProvider time)
{
    /// <summary>Number of wrong codes in a series from which on each one doubles the wait. Earlier ones are only counted.</summary>
    public const int FreeFailures = 20;

    private static readonly TimeSpan FirstWait = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan MaxWait = TimeSpan.FromHours(12);
    private static readonly TimeSpan SeriesGap = TimeSpan.FromDays(1);
    private static readonly FilterDefinitionBuilder<UserDocument> Filter = Builders<UserDocument>.Filter;
    private static readonly UpdateDefinitionBuilder<UserDocument> Update = Builders<UserDocument>.Update;
    private readonly IMongoCollection<UserDocument> _users = database.GetCollection<UserDocument>(CollectionNames.Users);

    /// <summary>Stores an unconfirmed secret and replaces an earlier one.</summary>
    /// <returns>False if the second step is already on.</returns>
    public async Task<bool> StartAsync(ObjectId id, TotpDocument totp) =>
        await ChangeAsync(Filter.Where(user => user.Id == id && user.Totp!.ConfirmedAt == null), Update.Set(user => user.Totp, totp))
            is not null;

    /// <summary>Turns on the second step after its first correct code.</summary>
    /// <returns>False if it is already on, or was started again with another secret.</returns>
    public async Task<bool> ConfirmAsync(ObjectId id, string protectedSecret, long step, IReadOnlyList<string> recoveryCodes) =>
        await ChangeAsync(
            Filter.Where(user => user.Id == id && user.Totp!.ProtectedSecret == protectedSecret && user.Totp.ConfirmedAt == null),
            Update
                .Set(user => user.Totp!.ConfirmedAt, time.GetUtcNow())
                .Set(user => user.Totp!.LastStep, step)
                .Set(user => user.Totp!.RecoveryCodes, recoveryCodes)
        )
            is not null;

    /// <summary>Turns off the second step.</summary>
    public Task<UserDocument?> RemoveAsync(ObjectId id) =>
        ChangeAsync(Filter.Eq(user => user.Id, id), Update.Unset(user => user.Totp).Unset(user => user.SecondStepFailures));

    /// <summary>Turns off the second step of a user who lost access to it, and revokes every token.</summary>
    /// <returns>The changed user; null if the second step was off.</returns>
    public Task<UserDocument?> RevokeAsync(ObjectId id) =>
        ChangeAsync(
            Filter.Where(user => user.Id == id && user.Totp != null),
            Update.Unset(user => user.Totp).Unset(user => user.SecondStepFailures).RevokeTokens(time)
        );

    /// <summary>Consumes a time step. Of several concurrent callers with the same code, one gets true.</summary>
    public async Task<bool> TryConsumeStepAsync(ObjectId id, long step)
    {
        var used = await _users.UpdateOneAsync(
            user => user.Id == id && user.Totp!.LastStep < step,
            Update.Set(user => user.Totp!.LastStep, step)
        );
        return used.ModifiedCount == 1;
    }

    /// <summary>Consumes a recovery code. Of several concurrent callers with the same code, one gets true.</summary>
    public async Task<bool> TryConsumeRecoveryCodeAsync(ObjectId id, string codeHash)
    {
        var used = await _users.UpdateOneAsync(
            Filter.Eq(user => user.Id, id) & Filter.AnyEq(user => user.Totp!.RecoveryCodes, codeHash),
            Update.Pull(user => user.Totp!.RecoveryCodes, codeHash)
        );
        return used.ModifiedCount == 1;
    }

    /// <summary>Counts a wrong code and sets the resulting wait.</summary>
    /// <returns>The number of wrong codes in the series.</returns>
    public async Task<int> AddFailureAsync(ObjectId id)
    {
        var now = time.GetUtcNow();
        var counted = await _users.FindOneAndUpdateAsync(
            Filter.Where(user => user.Id == id && user.SecondStepFailures!.LastAt > now - SeriesGap),
            Update.Inc(user => user.SecondStepFailures!.Count, 1).Set(user => user.SecondStepFailures!.LastAt, now),
            new FindOneAndUpdateOptions<UserDocument> { ReturnDocument = ReturnDocument.After }
        );
        if (counted?.SecondStepFailures is not { } failures)
        {
            await _users.UpdateOneAsync(
                user => user.Id == id,
                Update.Set(user => user.SecondStepFailures, new SecondStepFailures { Count = 1, LastAt = now })
            );
            return 1;
        }
        if (failures.Count >= FreeFailures)
        {
            var wait = TimeSpan.FromTicks(Math.Min(MaxWait.Ticks, FirstWait.Ticks << Math.Min(failures.Count - FreeFailures, 16)));
            await _users.UpdateOneAsync(user => user.Id == id, Update.Max(user => user.SecondStepFailures!.RetryAt, now + wait));
        }
        return failures.Count;
    }

    /// <summary>Ends a series of wrong codes.</summary>
    public Task ClearFailuresAsync(ObjectId id) =>
        _users.UpdateOneAsync(user => user.Id == id, Update.Unset(user => user.SecondStepFailures));

    private async Task<UserDocument?> ChangeAsync(FilterDefinition<UserDocument> filter, UpdateDefinition<UserDocument> update) =>
        await _users.FindOneAndUpdateAsync(
            filter,
            update.Inc(user => user.Version, 1).Set(user => user.UpdatedAt, time.GetUtcNow()),
            new FindOneAndUpdateOptions<UserDocument> { ReturnDocument = ReturnDocument.After }
        );
}
