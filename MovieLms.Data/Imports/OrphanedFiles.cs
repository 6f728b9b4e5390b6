using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Relations;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Imports;

/// <summary>
/// Removes GridFS files that no document names: what a process left that died between storing a file and storing the document.
/// The entities declare which of their fields name files.
/// </summary>
public sealed class OrphanedFiles(IMongoDatabase database, EntityModel model, UploadStore files)
{
    private const int BatchSize = 500;
    private const string FileId = "files_id";

    private readonly IMongoCollection<BsonDocument> _chunks = database.GetCollection<BsonDocument>($"{CollectionNames.Files}.chunks");
    private readonly IMongoCollection<BsonDocument> _files = database.GetCollection<BsonDocument>($"{CollectionNames.Files}.files");

    /// <summary>Removes orphans.</summary>
    /// <param name="before">Files that were complete before this moment. A younger one may be about to be named.</param>
    /// <param name="partialBefore">Incomplete files that were begun before this moment. A younger one may still be arriving.</param>
    /// <param name="cancellationToken">Stops between two files.</param>
    /// <returns>The number of files removed.</returns>
    public async Task<int> SweepAsync(DateTimeOffset before, DateTimeOffset partialBefore, CancellationToken cancellationToken)
    {
        var (removed, last) = (0, ObjectId.Empty);
        while (await NextAsync(last, cancellationToken) is { Count: > 0 } ids)
        {
            last = ids[^1];
            var named = await NamedAsync(ids, cancellationToken);
            var unnamed = ids.Where(id => !named.Contains(id)).ToList();
            var complete = await CompletedAsync(unnamed, cancellationToken);
            foreach (var id in unnamed)
            {
                if (complete.TryGetValue(id, out var at) ? at >= before : id.CreationTime >= partialBefore.UtcDateTime)
                    continue;
                await files.DeleteAsync(id, cancellationToken);
                removed++;
            }
        }
        return removed;
    }

    /// <summary>
    /// The next files, incomplete ones too: each has a first chunk, and most ids tell when they were made. Uses the index of GridFS
    /// on <c>files_id</c> and <c>n</c>.
    /// </summary>
    private async Task<List<ObjectId>> NextAsync(ObjectId last, CancellationToken cancellationToken)
    {
        var found = await _chunks
            .Find(new BsonDocument { { FileId, new BsonDocument("$gt", last) }, { "n", 0 } })
            .Sort(new BsonDocument { { FileId, 1 }, { "n", 1 } })
            .Limit(BatchSize)
            .Project(new BsonDocument { { "_id", 0 }, { FileId, 1 } })
            .ToListAsync(cancellationToken);
        return [.. found.Select(chunk => chunk[FileId].AsObjectId)];
    }

    private async Task<HashSet<ObjectId>> NamedAsync(IReadOnlyCollection<ObjectId> ids, CancellationToken cancellationToken)
    {
        var named = new HashSet<ObjectId>();
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
                    named.UnionWith(documents.Current.SelectMany(entity.FilesOf));
            }
        }

        return named;
    }

    private async Task<Dictionary<ObjectId, DateTimeOffset>> CompletedAsync(
        IReadOnlyCollection<ObjectId> ids,
        CancellationToken cancellationToken
    )
    {
        var found = await _files.Find(Lookups.ById(ids)).Project(new BsonDocument("uploadDate", 1)).ToListAsync(cancellationToken);
        return found.ToDictionary(file => file["_id"].AsObjectId, file => new DateTimeOffset(file["uploadDate"].ToUniversalTime()));
    }
}
