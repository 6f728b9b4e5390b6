using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Cascades;

/// <summary>
/// Stores the records of operations. A process works on an operation under a lease. Its writes match the holder, so a process whose lease
/// has expired changes nothing.
/// </summary>
public sealed class CascadeStore(IMongoDatabase database, CascadeOptions options, TimeProvider time) : IIndexedStore
{
    /// <summary>The index that serves <see cref="ClaimDueAsync"/>.</summary>
    internal const string DueIndex = "dueAt_sparse";

    /// <summary>The index that serves <see cref="ListDeletionsAsync"/>.</summary>
    internal const string KindIndex = "kind_requestedAt";

    private const string ExpiryIndex = "expiresAt_ttl";
    private static readonly Lease Lease = new()
    {
        DueAt = "dueAt",
        Holder = "holder",
        ExpiresAt = "heldUntil",
        Attempts = "attempts",
    };
    private static readonly FilterDefinitionBuilder<CascadeDocument> Filter = Builders<CascadeDocument>.Filter;
    private static readonly UpdateDefinitionBuilder<CascadeDocument> Update = Builders<CascadeDocument>.Update;
    private readonly IMongoCollection<CascadeDocument> _operations = database.GetCollection<CascadeDocument>(CollectionNames.Cascades);

    /// <inheritdoc/>
    public Task EnsureIndexesAsync(IndexBuilder indexes, CancellationToken cancellationToken) =>
        indexes.AddAsync(
            _operations,
            [
                new(Builders<CascadeDocument>.IndexKeys.Ascending(operation => operation.DueAt), new() { Name = DueIndex, Sparse = true }),
                Indexes.On<CascadeDocument>(KindIndex, "kind", "requestedAt"),
                new(
                    Builders<CascadeDocument>.IndexKeys.Ascending(operation => operation.ExpiresAt),
                    new() { Name = ExpiryIndex, ExpireAfter = TimeSpan.Zero }
                ),
            ],
            cancellationToken
        );

    /// <summary>Returns a record; null if it does not exist.</summary>
    public async Task<CascadeDocument?> FindAsync(ObjectId id, CancellationToken cancellationToken) =>
        await _operations.Find(operation => operation.Id == id).FirstOrDefaultAsync(cancellationToken);

    /// <summary>Stores a new operation and leases it to the holder.</summary>
    internal async Task<CascadeDocument> BeginAsync(CascadeDocument operation, string holder, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var started = operation with
        {
            Id = ObjectId.GenerateNewId(),
            RequestedAt = now,
            Holder = holder,
            HeldUntil = now + options.Lease,
            DueAt = now + options.Lease,
            Attempts = 1,
        };
        await _operations.InsertOneAsync(started, cancellationToken: cancellationToken);
        return started;
    }

    /// <summary>Deletes the record of an operation that changed nothing.</summary>
    internal Task DeleteAsync(ObjectId id, CancellationToken cancellationToken) =>
        _operations.DeleteOneAsync(operation => operation.Id == id && operation.UndoneBy == null, cancellationToken);

    /// <summary>Claims the operation that has been due longest, if any. Uses the index <see cref="DueIndex"/>.</summary>
    internal async Task<CascadeDocument?> ClaimDueAsync(string holder, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return await _operations.FindOneAndUpdateAsync(
            Lease.Due(now),
            Lease.Claim(holder, now + options.Lease),
            new FindOneAndUpdateOptions<CascadeDocument>
            {
                Sort = Builders<CascadeDocument>.Sort.Ascending(operation => operation.DueAt),
                ReturnDocument = ReturnDocument.After,
            },
            cancellationToken
        );
    }

    /// <summary>Renews the lease and stores the progress.</summary>
    /// <returns>False if another process holds the operation or it was undone. The caller must stop.</returns>
    internal async Task<bool> RenewAsync(ObjectId id, string holder, IReadOnlyList<CascadeStep> steps, CancellationToken cancellationToken)
    {
        var result = await _operations.UpdateOneAsync(
            Held(id, holder) & Filter.Eq(operation => operation.UndoneBy, null),
            Update.Combine(Lease.Renew(time.GetUtcNow() + options.Lease), Update.Set(operation => operation.Steps, steps)),
            cancellationToken: cancellationToken
        );
        return result.MatchedCount == 1;
    }

    /// <summary>Releases an operation so that another process can continue it immediately.</summary>
    internal Task ReleaseAsync(ObjectId id, string holder) =>
        EndAsync(Held(id, holder) & Filter.Eq(operation => operation.UndoneBy, null), Lease.Release(time.GetUtcNow()));

    /// <summary>Releases an operation that was undone. Has no effect if another process has claimed it.</summary>
    internal Task AbandonAsync(ObjectId id, string holder) => EndAsync(Held(id, holder), Lease.End());

    /// <summary>Records that all dependents were changed. A second pass follows after <see cref="CascadeOptions.SettleAfter"/>.</summary>
    internal Task BeginSecondPassAsync(ObjectId id, string holder, IReadOnlyList<CascadeStep> steps) =>
        EndAsync(
            Held(id, holder) & Filter.Eq(operation => operation.UndoneBy, null),
            Update.Combine(
                Lease.Release(time.GetUtcNow() + options.SettleAfter),
                Update.Set(operation => operation.State, CascadeState.Settling).Set(operation => operation.Steps, steps)
            )
        );

    /// <summary>Records that an operation is complete. The records of an undone operation and of its restore expire.</summary>
    internal async Task CompleteAsync(CascadeDocument operation, string holder, IReadOnlyList<CascadeStep> steps)
    {
        var now = time.GetUtcNow();
        var update = Update.Combine(
            Lease.Release(dueAt: null),
            Update.Set(o => o.State, CascadeState.Done).Set(o => o.Steps, steps).Set(o => o.DoneAt, now)
        );
        if (operation.Kind == CascadeKind.Restore)
            update = update.Set(o => o.ExpiresAt, now + options.UndoneRetention);
        if (operation.Undoes is { } undone)
        {
            await _operations.UpdateOneAsync(
                o => o.Id == undone,
                Update.Set(o => o.ExpiresAt, now + options.UndoneRetention),
                cancellationToken: CancellationToken.None
            );
        }

        await EndAsync(Held(operation.Id, holder) & Filter.Eq(o => o.UndoneBy, null), update);
    }

    /// <summary>
    /// Marks the operation as undone by a restore or a purge: it changes no more documents. Only the first caller succeeds; that caller can
    /// repeat the call.
    /// </summary>
    internal async Task<bool> TryUndoAsync(ObjectId id, ObjectId by, CancellationToken cancellationToken)
    {
        var result = await _operations.UpdateOneAsync(
            Filter.Eq(operation => operation.Id, id) & Filter.In(operation => operation.UndoneBy, [null, by]),
            Update.Set(operation => operation.UndoneBy, by).Unset(operation => operation.DueAt),
            cancellationToken: cancellationToken
        );
        return result.MatchedCount == 1;
    }

    /// <summary>Returns whether a process holds the operation.</summary>
    internal async Task<bool> IsHeldAsync(ObjectId id, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return await _operations.Find(Filter.Eq(operation => operation.Id, id) & Lease.Held(now)).AnyAsync(cancellationToken);
    }

    /// <summary>Lists deletions before a time that were neither undone nor purged. Uses the index <see cref="KindIndex"/>.</summary>
    internal async Task<IReadOnlyList<CascadeDocument>> ListDeletionsAsync(
        DateTimeOffset before,
        int limit,
        CancellationToken cancellationToken
    ) =>
        await _operations
            .Find(operation => operation.Kind == CascadeKind.Delete && operation.RequestedAt < before && operation.ExpiresAt == null)
            .SortBy(operation => operation.RequestedAt)
            .Limit(limit)
            .ToListAsync(cancellationToken);

    /// <summary>Sets the time at which the record of a purged operation expires.</summary>
    internal Task ExpireAsync(ObjectId id, CancellationToken cancellationToken) =>
        _operations.UpdateOneAsync(
            operation => operation.Id == id,
            Update.Set(operation => operation.ExpiresAt, time.GetUtcNow() + options.UndoneRetention),
            cancellationToken: cancellationToken
        );

    private static FilterDefinition<CascadeDocument> Held(ObjectId id, string holder) =>
        Filter.Eq(operation => operation.Id, id) & Lease.HeldBy(holder);

    /// <summary>Stores the result of completed work. Not cancelable: it is stored even if the client has disconnected.</summary>
    private Task EndAsync(FilterDefinition<CascadeDocument> filter, UpdateDefinition<CascadeDocument> update) =>
        _operations.UpdateOneAsync(filter, update, cancellationToken: CancellationToken.None);
}
