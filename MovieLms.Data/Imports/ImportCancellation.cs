using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Imports;

/// <summary>
/// Cancels imports. An import that was never started ends at once. An import that may have stored rows is marked, and a worker ends
/// it between two batches, so that its counts match the stored rows and it gets a report.
/// </summary>
public sealed class ImportCancellation(IMongoDatabase database, ImportStore imports, TimeProvider clock)
{
    private static readonly FindOneAndUpdateOptions<ImportDocument> After = new() { ReturnDocument = ReturnDocument.After };
    private static readonly FilterDefinitionBuilder<ImportDocument> Filter = Builders<ImportDocument>.Filter;
    private static readonly UpdateDefinitionBuilder<ImportDocument> Update = Builders<ImportDocument>.Update;
    private readonly IMongoCollection<ImportDocument> _imports = database.GetCollection<ImportDocument>(CollectionNames.Imports);

    /// <summary>Cancels an import of an owner, or of any user if the owner is null. Leaves a finished import unchanged.</summary>
    /// <returns>The current import; null if it does not exist.</returns>
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
            // Matches only if unchanged since it was read: a worker may have claimed, released or ended it.
            var current = Filter.Eq(i => i.Id, id) & Filter.Eq(i => i.State, import.State) & Filter.Eq(i => i.StartedAt, import.StartedAt);
            if (await _imports.FindOneAndUpdateAsync(current, update, After, cancellationToken) is { } written)
                return written;
        }
    }
}
