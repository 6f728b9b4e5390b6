using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Imports;

/// <summary>
/// The workers' queue of imports. A worker processes an import under a lease. Its writes match the holder, so a worker whose lease has
/// expired changes nothing.
/// </summary>
public sealed class ImportQueue(IMongoDatabase database, TimeProvider clock)
{
    private static readonly Lease Lease = new()
    {
        DueAt = "availableAt",
        Holder = "lease.owner",
        ExpiresAt = "lease.expiresAt",
        Attempts = "attempts",
    };
    private static readonly FilterDefinitionBuilder<ImportDocument> Filter = Builders<ImportDocument>.Filter;
    private static readonly UpdateDefinitionBuilder<ImportDocument> Update = Builders<ImportDocument>.Update;

    private static readonly FindOneAndUpdateOptions<ImportDocument> After = new() { ReturnDocument = ReturnDocument.After };
    private readonly ImportTurns _turns = new(database, clock);
    private readonly IMongoCollection<ImportDocument> _imports = database.GetCollection<ImportDocument>(CollectionNames.Imports);

    /// <summary>Claims the import that has been due longest.</summary>
    /// <param name="worker">The worker's name, which becomes the holder.</param>
    /// <param name="duration">The duration of the lease.</param>
    /// <param name="cancellationToken">Cancels the queries.</param>
    /// <returns>Null if none is due.</returns>
    public async Task<ImportDocument?> ClaimAsync(string worker, TimeSpan duration, CancellationToken cancellationToken)
    {
        var busyOwners = new HashSet<ObjectId>();
        while (true)
        {
            var now = clock.GetUtcNow();
            var claimable = Claimable(now);
            // A canceled import only has to be ended. That is possible while another import of its owner runs.
            var waiting =
                busyOwners.Count == 0
                    ? claimable
                    : claimable
                        & (
                            Filter.Nin(import => import.OwnerId, busyOwners)
                            | Filter.Gt(import => import.CancelRequestedAt, DateTimeOffset.UnixEpoch)
                        );
            var candidate = await _imports
                .Find(waiting)
                .SortBy(import => import.AvailableAt)
                .ThenBy(import => import.Id)
                .FirstOrDefaultAsync(cancellationToken);
            if (candidate is null)
                return null;
            var update = Update
                .Combine(Lease.Claim(worker, now + duration), Update.Set(import => import.Lease!.HeartbeatAt, now))
                .Set(import => import.State, ImportState.Processing)
                .Set(import => import.StartedAt, candidate.StartedAt ?? now)
                .Set(import => import.UpdatedAt, now);
            if (candidate.CancelRequestedAt is null)
                update = update.Set(import => import.RunningFor, candidate.OwnerId);
            try
            {
                // Not findAndModify: for that command, DocumentDB reports a duplicate key with a different code than MongoDB.
                var mine = Filter.Eq(import => import.Id, candidate.Id);
                if ((await _imports.UpdateOneAsync(mine & claimable, update, cancellationToken: cancellationToken)).ModifiedCount == 0)
                    continue;
                // By ID only: if this read missed the document, no worker would process it until the lease expires.
                var claimed = await _imports.Find(mine).FirstOrDefaultAsync(cancellationToken);
                if (claimed?.Lease?.Owner == worker)
                    return claimed;
            }
            catch (MongoException e) when (e.IsDuplicateKey())
            {
                // Another import of this user is running. This one must wait until it ends.
                busyOwners.Add(candidate.OwnerId);
            }
        }
    }

    /// <summary>Counts the imports that are waiting or being processed. Uses the index <see cref="ImportStore.AvailableIndex"/>.</summary>
    public Task<long> CountAsync(CancellationToken cancellationToken) =>
        _imports.CountDocumentsAsync(
            Filter.Gt(import => import.AvailableAt, DateTimeOffset.UnixEpoch),
            cancellationToken: cancellationToken
        );

    /// <summary>Renews the holder's lease.</summary>
    /// <returns>The current import; null if the caller is no longer the holder and must stop.</returns>
    public async Task<ImportDocument?> HeartbeatAsync(ObjectId id, string worker, TimeSpan duration, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return await _imports.FindOneAndUpdateAsync(
            Held(id, worker),
            Update
                .Combine(Lease.Renew(now + duration), Update.Set(import => import.Lease!.HeartbeatAt, now))
                .Set(import => import.UpdatedAt, now),
            After,
            cancellationToken
        );
    }

    /// <summary>Stores the result of the first pass over the file.</summary>
    /// <returns>False if the caller is no longer the holder.</returns>
    public Task<bool> StoreSurveyAsync(ObjectId id, string worker, ImportSurvey survey, CancellationToken cancellationToken) =>
        WriteAsync(id, worker, Update.Set(import => import.Survey, survey).Set(import => import.Total, survey.Rows), cancellationToken);

    /// <summary>
    /// Counts the rows after <paramref name="fromRow"/> up to <see cref="ImportProgress.LastRow"/>, whose outcomes are already stored. Rows
    /// are counted once: a repeated or late call does not match the stored last row and changes nothing.
    /// </summary>
    /// <returns>False if the caller is no longer the holder or the rows were counted before.</returns>
    public async Task<bool> CheckpointAsync(
        ObjectId id,
        string worker,
        long fromRow,
        ImportProgress progress,
        CancellationToken cancellationToken
    )
    {
        var result = await _imports.UpdateOneAsync(
            Held(id, worker) & Filter.Eq(import => import.LastRow, fromRow),
            Update
                .Set(import => import.LastRow, progress.LastRow)
                .Inc(import => import.Succeeded, progress.Succeeded)
                .Inc(import => import.Failed, progress.Failed)
                .Inc(import => import.Corrected, progress.Corrected)
                .Set(import => import.RowsPerSecond, progress.RowsPerSecond)
                .Set(import => import.UpdatedAt, clock.GetUtcNow())
                .Set(import => import.Attempts, 0),
            cancellationToken: cancellationToken
        );
        return result.MatchedCount == 1;
    }

    /// <summary>Reads the import for its holder.</summary>
    /// <returns>Null if the caller is no longer the holder.</returns>
    public async Task<ImportDocument?> ReadAsync(ObjectId id, string worker, CancellationToken cancellationToken) =>
        await _imports.Find(Held(id, worker)).FirstOrDefaultAsync(cancellationToken);

    /// <summary>Ends the import.</summary>
    /// <returns>The ended import; null if the caller is no longer the holder.</returns>
    public async Task<ImportDocument?> FinishAsync(
        ObjectId id,
        string worker,
        ImportEnd end,
        DateTimeOffset finishedAt,
        CancellationToken cancellationToken
    )
    {
        var update = Update
            .Combine(Lease.Release(dueAt: null), Update.Set(import => import.State, end.State))
            .Set(import => import.FinishedAt, finishedAt)
            .Set(import => import.UpdatedAt, clock.GetUtcNow())
            .Unset(import => import.Slot)
            .Unset(import => import.RunningFor);
        if (end.Reason is not null)
            update = update.Set(import => import.Reason, end.Reason);
        return await _turns.YieldAsync(
            await _imports.FindOneAndUpdateAsync(Held(id, worker), update, After, cancellationToken),
            cancellationToken
        );
    }

    /// <summary>Releases the import for another attempt after a delay.</summary>
    /// <returns>False if the caller is no longer the holder.</returns>
    public async Task<bool> ReleaseAsync(ObjectId id, string worker, TimeSpan delay, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var update = Update
            .Combine(Lease.Release(now + delay), Update.Set(import => import.State, ImportState.Queued))
            .Set(import => import.UpdatedAt, now)
            .Unset(import => import.RunningFor);
        return await _turns.YieldAsync(
            await _imports.FindOneAndUpdateAsync(Held(id, worker), update, After, cancellationToken),
            cancellationToken
        )
            is not null;
    }

    /// <summary>Filter: queued and due, or held under an expired lease.</summary>
    internal static FilterDefinition<ImportDocument> Claimable(DateTimeOffset now) => Lease.Due(now);

    private static FilterDefinition<ImportDocument> Held(ObjectId id, string worker) =>
        Filter.Eq(import => import.Id, id) & Filter.Eq(import => import.State, ImportState.Processing) & Lease.HeldBy(worker);

    private async Task<bool> WriteAsync(
        ObjectId id,
        string worker,
        UpdateDefinition<ImportDocument> update,
        CancellationToken cancellationToken
    )
    {
        var result = await _imports.UpdateOneAsync(
            Held(id, worker),
            update.Set(import => import.UpdatedAt, clock.GetUtcNow()),
            cancellationToken: cancellationToken
        );
        return result.MatchedCount == 1;
    }
}

/// <summary>The outcomes of the rows since the last checkpoint.</summary>
public sealed record ImportProgress(long LastRow, long Succeeded, long Failed, long Corrected, double RowsPerSecond);
