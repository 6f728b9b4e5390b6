using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Imports;

/// <summary>
/// Cancels imports. One that was never started ends at once. One of which rows may be stored is marked, and a worker ends it
/// between two batches: so its counts are those of the rows that are stored, and it gets a report.
/// </summary>
public sealed class ImportCancellation(IMongoDatabase database, ImportStore imports, TimeProvider clock)
{
    private static readonly FindOneAndUpdateOptions<ImportDocument> After = new() { ReturnDocument = ReturnDocument.After };
    private static readonly FilterDefinitionBuilder<ImportDocument> Filter = Builders<ImportDocument>.Filter;
    private static readonly UpdateDefinitionBuilder<ImportDocument> Update = Builders<ImportDocument>.Update;
    private readonly IMongoCollection<ImportDocument> _imports = database.GetCollection<ImportDocument>(CollectionNames.Imports);

    /// <summary>Cancels an import; one that has ended stays as it is.</summary>
    /// <param name="id">The import.</param>
    /// <param name="ownerId">Only when it is this user's; null for whoever may cancel all.</param>
    /// <param name="cancellationToken">The request's.</param>
    /// <returns>The import as it is now; null when there is none.</returns>
    public async Task<ImportDocument?> CancelAsync(ObjectId id, ObjectId? ownerId, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await imports.FindAsync(id, ownerId, cancellationToken) is not { } import)
                return null;
            if (import.FinishedAt is not null || import.CancelRequestedAt is not null)
                return import;
            var now = clock.GetUtcNow();
            var update = Update.Set(i => i.CancelRequestedAt, now).Set(i => i.UpdatedAt, now);
            if (import.State == ImportState.Queued)
                update = update.Set(i => i.AvailableAt, now);
            if (import is { State: ImportState.Queued, StartedAt: null })
            {
                update = Update
                    .Set(i => i.CancelRequestedAt, now)
                    .Set(i => i.UpdatedAt, now)
                    .Set(i => i.FinishedAt, now)
                    .Set(i => i.State, ImportState.Canceled)
                    .Set(i => i.Reason, ImportEnd.Canceled.Reason)
                    .Unset(i => i.AvailableAt)
                    .Unset(i => i.Slot);
            }
            // Only as it was read: a worker may have claimed, released or ended it meanwhile.
            var asRead = Filter.Eq(i => i.Id, id) & Filter.Eq(i => i.State, import.State) & Filter.Eq(i => i.StartedAt, import.StartedAt);
            if (await _imports.FindOneAndUpdateAsync(asRead, update, After, cancellationToken) is { } written)
                return written;
        }
    }
}
