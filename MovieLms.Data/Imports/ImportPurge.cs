using MongoDB.Driver;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Imports;

/// <summary>Removes old imports with their files and errors. The documents created from their rows are kept.</summary>
public sealed class ImportPurge(IMongoDatabase database, UploadStore uploads)
{
    private const int BatchSize = 500;
    private readonly IMongoCollection<ImportDocument> _imports = database.GetCollection<ImportDocument>(CollectionNames.Imports);
    private readonly IMongoCollection<ImportErrorDocument> _errors = database.GetCollection<ImportErrorDocument>(
        CollectionNames.ImportErrors
    );

    /// <summary>
    /// Removes up to 500 finished imports that were uploaded before a point in time. Uses the index
    /// <see cref="ImportStore.StateIndex"/>.
    /// </summary>
    /// <returns>The number of imports removed.</returns>
    public async Task<int> PurgeAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var ended = new[] { ImportState.Completed, ImportState.Failed, ImportState.Canceled };
        var old = await _imports
            .Find(
                Builders<ImportDocument>.Filter.In(import => import.State, ended)
                    & Builders<ImportDocument>.Filter.Lt(import => import.CreatedAt, before)
            )
            .Limit(BatchSize)
            .ToListAsync(cancellationToken);
        foreach (var import in old)
        {
            // The import itself is removed last: while it exists, the next purge repeats one that was interrupted.
            await uploads.DeleteAsync(import.Id, cancellationToken);
            await uploads.DeleteAsync(import.ReportId, cancellationToken);
            await _errors.DeleteManyAsync(error => error.ImportId == import.Id, cancellationToken);
            await _imports.DeleteOneAsync(i => i.Id == import.Id, cancellationToken);
        }
        return old.Count;
    }
}
