using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Imports;

/// <summary>Counts the bytes that each user uploads for imports per day (UTC).</summary>
public sealed class ImportUsageStore(IMongoDatabase database, TimeProvider clock) : IIndexedStore
{
    private const string Bytes = "bytes";
    private const string ExpiresAt = "expiresAt";
    private readonly IMongoCollection<BsonDocument> _usage = database.GetCollection<BsonDocument>(CollectionNames.ImportUsage);

    /// <inheritdoc/>
    public Task EnsureIndexesAsync(IndexBuilder indexes, CancellationToken cancellationToken) =>
        indexes.AddAsync(
            _usage,
            [new(new BsonDocument(ExpiresAt, 1), new CreateIndexOptions { Name = "expiresAt_ttl", ExpireAfter = TimeSpan.Zero })],
            cancellationToken
        );

    /// <summary>Counts bytes, unless the user would then have uploaded more than a limit today.</summary>
    /// <returns>Null when they are counted; else how long it is until the next day begins.</returns>
    public async Task<TimeSpan?> TryCountAsync(ObjectId userId, long bytes, long limit, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var tomorrow = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero).AddDays(1);
        if (bytes > limit)
            return tomorrow - now;
        // The limit is in the filter: of two requests at once, in whichever process, only those that fit are counted.
        var filter = new BsonDocument
        {
            { "_id", $"{userId}:{now.UtcDateTime:yyyyMMdd}" },
            { Bytes, new BsonDocument("$lte", limit - bytes) },
        };
        var update = new BsonDocument
        {
            { "$inc", new BsonDocument(Bytes, bytes) },
            { "$setOnInsert", new BsonDocument(ExpiresAt, tomorrow.AddDays(1).UtcDateTime) },
        };
        for (var isRepeated = false; ; isRepeated = true)
        {
            try
            {
                await _usage.UpdateOneAsync(filter, update, new UpdateOptions { IsUpsert = true }, cancellationToken);
                return null;
            }
            catch (MongoException e) when (e.IsDuplicateKey())
            {
                // The day's document exists but does not match the filter; or another request has just inserted it, then it matches now.
                if (isRepeated)
                    return tomorrow - now;
            }
        }
    }
}
