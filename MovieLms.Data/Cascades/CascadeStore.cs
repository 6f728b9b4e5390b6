using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Cascades;

/// <summary>
/// The operations' records. A lease says who works on one; every write names its holder, so that a process that was taken
/// for dead changes nothing afterwards.
/// </summary>
public sealed class CascadeStore(IMongoDatabase database, CascadeOptions options, TimeProvider time) : IIndexedStore
{
    /// <summary>Serves the finisher.</summary>
    internal const string DueIndex = "dueAt_sparse";

    /// <summary>Serves the purge.</summary>
    internal const string KindIndex = "kind_requestedAt";

    private const string ExpiryIndex = "expiresAt_ttl";
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

    /// <summary>One record.</summary>
    public async Task<CascadeDocument?> FindAsync(ObjectId id, CancellationToken cancellationToken) =>
        await _operations.Find(operation => operation.Id == id).FirstOrDefaultAsync(cancellationToken);

    /// <summary>Records an operation that its holder is about to begin.</summary>
    internal async Task<CascadeDocument> BeginAsync(CascadeDocument operation, string holder, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var begun = operation with
        {
            Id = ObjectId.GenerateNewId(),
            RequestedAt = now,
            Holder = holder,
            HeldUntil = now + options.Lease,
            DueAt = now + options.Lease,
            Attempts = 1,
        };
        await _operations.InsertOneAsync(begun, cancellationToken: cancellationToken);
        return begun;
    }

    /// <summary>Forgets an operation that touched nothing.</summary>
    internal Task ForgetAsync(ObjectId id, CancellationToken cancellationToken) =>
        _operations.DeleteOneAsync(operation => operation.Id == id && operation.UndoneBy == null, cancellationToken);

    /// <summary>
    /// Takes an operation that is due; for as long as the lease nobody else gets it. Uses the index <see cref="DueIndex"/>.
    /// </summary>
    internal async Task<CascadeDocument?> TakeDueAsync(string holder, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return await _operations.FindOneAndUpdateAsync(
            Filter.Lte(operation => operation.DueAt, now),
            Update
                .Set(operation => operation.Holder, holder)
                .Set(operation => operation.HeldUntil, now + options.Lease)
                .Set(operation => operation.DueAt, now + options.Lease)
                .Inc(operation => operation.Attempts, 1),
            new FindOneAndUpdateOptions<CascadeDocument>
            {
                Sort = Builders<CascadeDocument>.Sort.Ascending(operation => operation.DueAt),
                ReturnDocument = ReturnDocument.After,
            },
            cancellationToken
        );
    }

    /// <summary>Says that the holder still works on it, and what it has done.</summary>
    /// <returns>False when it is no longer the holder, or the operation was undone: then it must stop.</returns>
    internal async Task<bool> KeepAsync(ObjectId id, string holder, IReadOnlyList<CascadeStep> steps, CancellationToken cancellationToken)
    {
        var until = time.GetUtcNow() + options.Lease;
        var result = await _operations.UpdateOneAsync(
            Held(id, holder) & Filter.Eq(operation => operation.UndoneBy, null),
            Update
                .Set(operation => operation.HeldUntil, until)
                .Set(operation => operation.DueAt, until)
                .Set(operation => operation.Steps, steps),
            cancellationToken: cancellationToken
        );
        return result.MatchedCount == 1;
    }

    /// <summary>Lets go of an operation that another is to go on with, at once.</summary>
    internal Task HandOverAsync(ObjectId id, string holder) =>
        EndAsync(
            Held(id, holder) & Filter.Eq(operation => operation.UndoneBy, null),
            Update.Set(operation => operation.DueAt, time.GetUtcNow())
        );

    /// <summary>Lets go of an operation that somebody else took or undid.</summary>
    internal Task LetGoAsync(ObjectId id, string holder) => EndAsync(Held(id, holder), Update.Combine());

    /// <summary>Every dependant was reached.</summary>
    internal Task SettleAsync(ObjectId id, string holder, IReadOnlyList<CascadeStep> steps) =>
        EndAsync(
            Held(id, holder) & Filter.Eq(operation => operation.UndoneBy, null),
            Update
                .Set(operation => operation.State, CascadeState.Settling)
                .Set(operation => operation.Steps, steps)
                .Set(operation => operation.DueAt, time.GetUtcNow() + options.SettleAfter)
        );

    /// <summary>Nothing is left to do. What was undone, and what undid it, are remembered for a while.</summary>
    internal async Task DoneAsync(CascadeDocument operation, string holder, IReadOnlyList<CascadeStep> steps)
    {
        var now = time.GetUtcNow();
        var update = Update.Set(o => o.State, CascadeState.Done).Set(o => o.Steps, steps).Set(o => o.DoneAt, now).Unset(o => o.DueAt);
        if (operation.Kind == CascadeKind.Restore)
            update = update.Set(o => o.ExpiresAt, now + options.KeptWhenUndone);
        if (operation.Undoes is { } undone)
        {
            await _operations.UpdateOneAsync(
                o => o.Id == undone,
                Update.Set(o => o.ExpiresAt, now + options.KeptWhenUndone),
                cancellationToken: CancellationToken.None
            );
        }

        await EndAsync(Held(operation.Id, holder) & Filter.Eq(o => o.UndoneBy, null), update);
    }

    /// <summary>
    /// Has a restore, or a purge, end an operation: it will mark nothing any more. Of several only one gets it, however often it asks.
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

    /// <summary>True while somebody works on it.</summary>
    internal async Task<bool> IsHeldAsync(ObjectId id, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return await _operations
            .Find(operation => operation.Id == id && operation.Holder != null && operation.HeldUntil > now)
            .AnyAsync(cancellationToken);
    }

    /// <summary>Deletions of before a moment that nobody has undone. Uses the index <see cref="KindIndex"/>.</summary>
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

    /// <summary>The record of a purged operation goes after a while.</summary>
    internal Task PurgedAsync(ObjectId id, CancellationToken cancellationToken) =>
        _operations.UpdateOneAsync(
            operation => operation.Id == id,
            Update.Set(operation => operation.ExpiresAt, time.GetUtcNow() + options.KeptWhenUndone),
            cancellationToken: cancellationToken
        );

    private static FilterDefinition<CascadeDocument> Held(ObjectId id, string holder) =>
        Filter.Eq(operation => operation.Id, id) & Filter.Eq(operation => operation.Holder, holder);

    /// <summary>What is written when the work is done must not depend on whether the client still waits.</summary>
    private Task EndAsync(FilterDefinition<CascadeDocument> filter, UpdateDefinition<CascadeDocument> update) =>
        _operations.UpdateOneAsync(
            filter,
            Update.Combine(update, Update.Unset(operation => operation.Holder).Unset(operation => operation.HeldUntil)),
            cancellationToken: CancellationToken.None
        );
}
