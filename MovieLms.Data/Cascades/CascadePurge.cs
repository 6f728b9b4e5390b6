using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Imports;
using MovieLms.Data.Relations;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Cascades;

/// <summary>Permanently removes deleted documents and their files. They can no longer be restored.</summary>
public sealed class CascadePurge(CascadeStore store, EntityModel model, IMongoDatabase database, UploadStore files, CascadeOptions options)
{
    private const int MaxOperations = 200;
    private const string Id = "_id";

    /// <summary>Removes the documents that were deleted before a time, by an operation or without one.</summary>
    /// <returns>The number of documents removed.</returns>
    public async Task<long> RunAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var removed = 0L;
        var hasMore = true;
        while (hasMore)
        {
            hasMore = false;
            foreach (var operation in await store.ListDeletionsAsync(before, MaxOperations, cancellationToken))
            {
                // A purge claims the operation with the operation's own ID, so that it can be repeated. Skips operations being restored.
                if (!await store.TryUndoAsync(operation.Id, operation.Id, cancellationToken))
                    continue;
                removed += await RemoveAsync(operation, cancellationToken);
                hasMore = true;
            }
        }
        // A deleted message stays as an empty one: without it, the numbers of a room's messages would have gaps or be used again.
        foreach (var entity in model.All.Where(EntityModel.HasLifecycle).Where(entity => entity.Collection != CollectionNames.ChatMessages))
        {
            var withoutOperation = new BsonDocument
            {
                { Lifecycle.DeletedAt, new BsonDocument("$lt", before.UtcDateTime) },
                { Lifecycle.DeletedBy, BsonNull.Value },
            };
            removed += await RemoveAsync(entity, withoutOperation, cancellationToken);
        }
        return removed;
    }

    /// <summary>
    /// Removes an operation's documents. The caller has already marked the record as undone, so that no restore can start. The record
    /// expires only after the last document was removed, so that an interrupted purge is repeated.
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
            // Delete the files first: as long as the document exists, a repeated purge finds them.
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
