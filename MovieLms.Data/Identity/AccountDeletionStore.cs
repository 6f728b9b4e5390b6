using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Identity;

/// <summary>
/// Stores when the accounts of users who asked for it are deleted, in the users' documents. An account is erased only while it is archived,
/// so a request that was interrupted before the user was archived has no effect.
/// </summary>
public sealed class AccountDeletionStore(IMongoDatabase database, TimeProvider time) : IIndexedStore
{
    internal const string DueIndex = "deletionDueAt_sparse";
    private static readonly FilterDefinitionBuilder<UserDocument> Filter = Builders<UserDocument>.Filter;
    private static readonly UpdateDefinitionBuilder<UserDocument> Update = Builders<UserDocument>.Update;
    private readonly IMongoCollection<UserDocument> _users = database.GetCollection<UserDocument>(CollectionNames.Users);

    /// <inheritdoc/>
    public Task EnsureIndexesAsync(IndexBuilder indexes, CancellationToken cancellationToken) =>
        indexes.AddAsync(
            _users,
            [
                new CreateIndexModel<UserDocument>(
                    Builders<UserDocument>.IndexKeys.Ascending(user => user.DeletionDueAt),
                    new() { Name = DueIndex, Sparse = true }
                ),
            ],
            cancellationToken
        );

    /// <summary>Sets the time at which an active user's account is due to be erased.</summary>
    /// <returns>False if the user does not exist or is archived.</returns>
    public Task<bool> ScheduleAsync(ObjectId id, DateTimeOffset dueAt, CancellationToken cancellationToken) =>
        UpdateAsync(
            Filter.Where(user => user.Id == id && user.ArchivedAt == null && user.DeletedAt == null),
            Update.Set(user => user.DeletionDueAt, dueAt),
            cancellationToken
        );

    /// <summary>Postpones a scheduled erasure, so that it does not begin while the account is being restored.</summary>
    /// <returns>False if none is scheduled, or it has begun.</returns>
    public Task<bool> PostponeAsync(ObjectId id, TimeSpan delay, CancellationToken cancellationToken) =>
        UpdateAsync(
            Filter.Where(user => user.Id == id && user.DeletionDueAt != null && user.ErasureStartedAt == null),
            Update.Max(user => user.DeletionDueAt, time.GetUtcNow() + delay),
            cancellationToken
        );

    /// <summary>Cancels a scheduled erasure. Does nothing if there is none.</summary>
    /// <returns>False if the erasure has begun, or the user does not exist.</returns>
    public Task<bool> CancelAsync(ObjectId id, CancellationToken cancellationToken) =>
        UpdateAsync(
            Filter.Where(user => user.Id == id && user.ErasureStartedAt == null),
            Update.Unset(user => user.DeletionDueAt),
            cancellationToken
        );

    /// <summary>
    /// Returns the archived users whose accounts are due to be erased, among them those whose erasure was interrupted. Uses the index
    /// <see cref="DueIndex"/>.
    /// </summary>
    public async Task<IReadOnlyList<UserDocument>> ListDueAsync(int limit, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return await _users
            .Find(user => user.DeletionDueAt <= now && user.ArchivedAt != null)
            .SortBy(user => user.DeletionDueAt)
            .Limit(limit)
            .ToListAsync(cancellationToken);
    }

    /// <summary>Records that the erasure begins. It can no longer be canceled.</summary>
    /// <returns>False if it was canceled or postponed, or the user was restored.</returns>
    public Task<bool> TryBeginErasureAsync(ObjectId id, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return UpdateAsync(
            Filter.Where(user => user.Id == id && user.DeletionDueAt <= now && user.ArchivedAt != null),
            Update.Set(user => user.ErasureStartedAt, now),
            cancellationToken
        );
    }

    private async Task<bool> UpdateAsync(
        FilterDefinition<UserDocument> filter,
        UpdateDefinition<UserDocument> update,
        CancellationToken cancellationToken
    )
    {
        var versioned = update.Inc(user => user.Version, 1).Set(user => user.UpdatedAt, time.GetUtcNow());
        return (await _users.UpdateOneAsync(filter, versioned, cancellationToken: cancellationToken)).MatchedCount == 1;
    }
}
