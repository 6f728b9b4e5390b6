using MongoDB.Driver;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Imports;

/// <summary>Removes what old imports left; what their rows became stays.</summary>
public sealed class ImportPurge(IMongoDatabase database, UploadStore uploads)
{
    private const int MaxAtOnce = 500;
    private readonly IMongoCollection<ImportDocument> _imports = database.GetCollection<ImportDocument>(CollectionNames.Imports);
    private readonly IMongoCollection<ImportErrorDocument> _errors = database.GetCollection<ImportErrorDocument>(
        CollectionNames.ImportErrors
    );

    /// <summary>
    /// Removes imports that were uploaded before a moment and have ended. Uses the index <see cref="ImportStore.StateIndex"/>.
    /// </summary>
    /// <returns>How many.</returns>
    public async Task<int> PurgeAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var ended = new[] { ImportState.Completed, ImportState.Failed, ImportState.Canceled };
        var old = await _imports
            .Find(
                Builders<ImportDocument>.Filter.In(import => import.State, ended)
                    & Builders<ImportDocument>.Filter.Lt(import => import.CreatedAt, before)
            )
            .Limit(MaxAtOnce)
            .ToListAsync(cancellationToken);
        foreach (var import in old)
        {
            // The import itself last: while it stands, a purge that was cut short is found and repeated.
            await uploads.DeleteAsync(import.Id, cancellationToken);
            await uploads.DeleteAsync(import.ReportId, cancellationToken);
            await _errors.DeleteManyAsync(error => error.ImportId == import.Id, cancellationToken);
            await _imports.DeleteOneAsync(i => i.Id == import.Id, cancellationToken);
        }
        return old.Count;
    }
}
