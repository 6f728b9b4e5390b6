using MongoDB.Bson;
using MongoDB.Driver;

namespace MovieLms.Data.Storage;

/// <summary>
/// Writes that can collide on a unique index. A database may abort one of two colliding writes instead of reporting the duplicate key
/// (DocumentDB reports a deadlock). An aborted write stores nothing, so it is repeated and then finds the document of the other one.
/// </summary>
internal static class UniqueWrites
{
    private const int MaxAttempts = 5;
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(20);

    /// <summary>Inserts a document.</summary>
    /// <returns>False if another document has the same unique key.</returns>
    internal static async Task<bool> TryInsertAsync<T>(
        this IMongoCollection<T> collection,
        T document,
        CancellationToken cancellationToken
    ) => await TryAsync(() => collection.InsertOneAsync(document, cancellationToken: cancellationToken), cancellationToken);

    /// <summary>Inserts a document, or returns the one that an earlier attempt of the same request stored under the ID.</summary>
    internal static async Task<T> InsertOrGetAsync<T>(
        this IMongoCollection<T> collection,
        ObjectId id,
        T document,
        CancellationToken cancellationToken
    ) =>
        await collection.TryInsertAsync(document, cancellationToken)
            ? document
            : await collection.Find(new BsonDocument("_id", id)).FirstAsync(cancellationToken);

    /// <summary>Updates the document that matches, or inserts one.</summary>
    /// <returns>False if none matches and another document has the same unique key.</returns>
    internal static async Task<bool> TryUpsertAsync<T>(
        this IMongoCollection<T> collection,
        FilterDefinition<T> filter,
        UpdateDefinition<T> update,
        CancellationToken cancellationToken
    ) =>
        await TryAsync(
            () => collection.UpdateOneAsync(filter, update, new UpdateOptions { IsUpsert = true }, cancellationToken),
            cancellationToken
        );

    private static async Task<bool> TryAsync(Func<Task> write, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await write();
                return true;
            }
            catch (MongoException e) when (e.IsDuplicateKey())
            {
                return false;
            }
            catch (MongoWriteException e) when (e.WriteError?.Category == ServerErrorCategory.Uncategorized && attempt < MaxAttempts)
            {
                await Task.Delay(RetryDelay * attempt, cancellationToken);
            }
        }
    }
}
