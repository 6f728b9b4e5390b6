using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Imports;
using MovieLms.Data.Relations;

namespace MovieLms.Data.Cascades;

/// <summary>Removes for good what was deleted long ago, with its files. From then on it cannot be restored.</summary>
public sealed class CascadePurge(CascadeStore store, EntityModel model, IMongoDatabase database, UploadStore files, CascadeOptions options)
{
    private const int MaxOperations = 200;
    private const string Id = "_id";

    /// <summary>Removes what was deleted before a moment: whole operations, and what was deleted on its own.</summary>
    /// <returns>Documents removed.</returns>
    public async Task<long> RunAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var removed = 0L;
        var goesOn = true;
        while (goesOn)
        {
            goesOn = false;
            foreach (var operation in await store.ListDeletionsAsync(before, MaxOperations, cancellationToken))
            {
                // A purge takes the operation's own id, so that a second try is the same purge; one that is being restored stays.
                if (!await store.TryUndoAsync(operation.Id, operation.Id, cancellationToken))
                    continue;
                removed += await RemoveAsync(operation, cancellationToken);
                goesOn = true;
            }
        }
        foreach (var entity in model.All.Where(EntityModel.HasLifecycle))
        {
            var alone = new BsonDocument
            {
                { Lifecycle.DeletedAt, new BsonDocument("$lt", before.UtcDateTime) },
                { Lifecycle.DeletedBy, BsonNull.Value },
            };
            removed += await RemoveAsync(entity, alone, cancellationToken);
        }
        return removed;
    }

    /// <summary>
    /// The record is ended first, so that nobody restores half of it, and forgotten last, so that a purge cut short is repeated.
    /// </summary>
    private async Task<long> RemoveAsync(CascadeDocument operation, CancellationToken cancellationToken)
    {
        var root = model[operation.Entity];
        var removed = 0L;
        foreach (var entity in model.Levels(root).Reverse().Append(root))
            removed += await RemoveAsync(entity, new BsonDocument(Lifecycle.DeletedBy, operation.Id), cancellationToken);
        await store.ExpireAsync(operation.Id, cancellationToken);
        return removed;
    }

    private async Task<long> RemoveAsync(Entity entity, BsonDocument filter, CancellationToken cancellationToken)
    {
        var removed = 0L;
        var collection = database.GetCollection<BsonDocument>(entity.Collection);
        while (await collection.Find(filter).Limit(options.ChunkSize).ToListAsync(cancellationToken) is { Count: > 0 } documents)
        {
            // The files first: while the document stands, a purge that was cut short finds them.
            foreach (var file in documents.SelectMany(entity.FilesOf))
                await files.DeleteAsync(file, cancellationToken);
            var ids = new BsonDocument(filter)
            {
                { Id, new BsonDocument("$in", new BsonArray(documents.Select(document => document[Id]))) },
            };
            removed += (await collection.DeleteManyAsync(ids, cancellationToken)).DeletedCount;
        }
        return removed;
    }
}
