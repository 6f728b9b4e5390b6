using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Imports;

/// <summary>Schedules imports fairly: users take turns, regardless of the number and size of their imports.</summary>
public sealed class ImportTurns(IMongoDatabase database, TimeProvider clock)
{
    private static readonly FilterDefinitionBuilder<ImportDocument> Filter = Builders<ImportDocument>.Filter;
    private readonly IMongoCollection<ImportDocument> _imports = database.GetCollection<ImportDocument>(CollectionNames.Imports);

    /// <summary>
    /// Returns true if an import of a user without a running one could be claimed now. A long import then yields. Uses the indexes
    /// <see cref="ImportStore.RunningIndex"/> and <see cref="ImportStore.AvailableIndex"/>.
    /// </summary>
    public async Task<bool> AreOthersWaitingAsync(CancellationToken cancellationToken)
    {
        var running = await _imports
            .Find(Filter.Gt(import => import.RunningFor, ObjectId.Empty))
            .Project(import => import.OwnerId)
            .ToListAsync(cancellationToken);
        var others = ImportQueue.Claimable(clock.GetUtcNow()) & Filter.Nin(import => import.OwnerId, running);
        return await _imports.Find(others).Limit(1).AnyAsync(cancellationToken);
    }

    /// <summary>
    /// Moves the owner's other queued imports behind those of all other users, after an import (null for none) ended or yielded. Uses
    /// the index <see cref="ImportStore.SlotIndex"/>.
    /// </summary>
    /// <returns>The same import.</returns>
    internal async Task<ImportDocument?> YieldAsync(ImportDocument? served, CancellationToken cancellationToken)
    {
        if (served is null)
            return null;
        var now = clock.GetUtcNow();
        var waiting =
            Filter.Eq(import => import.OwnerId, served.OwnerId)
            & Filter.Gte(import => import.Slot, 0)
            & Filter.Eq(import => import.State, ImportState.Queued)
            & Filter.Lt(import => import.AvailableAt, now);
        await _imports.UpdateManyAsync(
            waiting,
            Builders<ImportDocument>.Update.Set(import => import.AvailableAt, now),
            cancellationToken: cancellationToken
        );
        return served;
    }
}
