using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Relations;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Imports;

/// <summary>
/// Removes GridFS files that no document references. A process leaves them behind if it crashes between storing a file and storing
/// the document. The entities declare which of their fields reference files.
/// </summary>
public sealed class OrphanedFiles(IMongoDatabase database, EntityModel model, UploadStore files)
{
    private const int BatchSize = 500;
    private const string FileId = "files_id";

    private readonly IMongoCollection<BsonDocument> _chunks = database.GetCollection<BsonDocument>($"{CollectionNames.Files}.chunks");
    private readonly IMongoCollection<BsonDocument> _files = database.GetCollection<BsonDocument>($"{CollectionNames.Files}.files");

    /// <summary>Removes unreferenced files.</summary>
    /// <param name="before">Removes complete files uploaded before this time. The document of a newer one may not be stored yet.</param>
    /// <param name="partialBefore">Removes incomplete files started before this time. A newer one may still be uploading.</param>
    /// <param name="cancellationToken">Stops the sweep between two files.</param>
    /// <returns>The number of files removed.</returns>
    public async Task<int> SweepAsync(DateTimeOffset before, DateTimeOffset partialBefore, CancellationToken cancellationToken)
    {
        var (removed, last) = (0, ObjectId.Empty);
        while (await GetNextAsync(last, cancellationToken) is { Count: > 0 } ids)
        {
            last = ids[^1];
            var referenced = await GetReferencedAsync(ids, cancellationToken);
            var orphans = ids.Where(id => !referenced.Contains(id)).ToList();
            var uploadTimes = await GetUploadTimesAsync(orphans, cancellationToken);
            foreach (var id in orphans)
            {
                if (uploadTimes.TryGetValue(id, out var at) ? at >= before : id.CreationTime >= partialBefore.UtcDateTime)
                    continue;
                await files.DeleteAsync(id, cancellationToken);
                removed++;
            }
        }
        return removed;
    }

    /// <summary>
    /// Returns the IDs of the next files, including incomplete ones: each file has a first chunk, and most IDs contain their creation
    /// time. Uses the GridFS index on <c>files_id</c> and <c>n</c>.
    /// </summary>
    private async Task<List<ObjectId>> GetNextAsync(ObjectId last, CancellationToken cancellationToken)
    {
        var found = await _chunks
            .Find(new BsonDocument { { FileId, new BsonDocument("$gt", last) }, { "n", 0 } })
            .Sort(new BsonDocument { { FileId, 1 }, { "n", 1 } })
            .Limit(BatchSize)
            .Project(new BsonDocument { { "_id", 0 }, { FileId, 1 } })
            .ToListAsync(cancellationToken);
        return [.. found.Select(chunk => chunk[FileId].AsObjectId)];
    }

    private async Task<HashSet<ObjectId>> GetReferencedAsync(IReadOnlyCollection<ObjectId> ids, CancellationToken cancellationToken)
    {
        var referenced = new HashSet<ObjectId>();
        foreach (var entity in model.All)
        {
            foreach (var path in entity.Files)
            {
                using var documents = await database
                    .GetCollection<BsonDocument>(entity.Collection)
                    .Find(new BsonDocument(path, new BsonDocument("$in", new BsonArray(ids))))
                    .Project(new BsonDocument(path, 1))
                    .ToCursorAsync(cancellationToken);
                while (await documents.MoveNextAsync(cancellationToken))
                    referenced.UnionWith(documents.Current.SelectMany(entity.FilesOf));
            }
        }

        return referenced;
    }

    private async Task<Dictionary<ObjectId, DateTimeOffset>> GetUploadTimesAsync(
        IReadOnlyCollection<ObjectId> ids,
        CancellationToken cancellationToken
    )
    {
        var found = await _files.Find(Lookups.ById(ids)).Project(new BsonDocument("uploadDate", 1)).ToListAsync(cancellationToken);
        return found.ToDictionary(file => file["_id"].AsObjectId, file => new DateTimeOffset(file["uploadDate"].ToUniversalTime()));
    }
}
