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

    /// <summary>Counts bytes, unless they would exceed the user's limit for today.</summary>
    /// <returns>Null if they were counted; otherwise the time until the next day starts.</returns>
    public async Task<TimeSpan?> TryCountAsync(ObjectId userId, long bytes, long limit, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var tomorrow = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero).AddDays(1);
        if (bytes > limit)
            return tomorrow - now;
        // The filter contains the limit, so that concurrent requests in any process are counted only if they fit.
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
        for (var isRetry = false; ; isRetry = true)
        {
            if (await _usage.TryUpsertAsync(filter, update, cancellationToken))
                return null;
            // The day's document exists and does not match the filter, or another request has just inserted it and it matches now.
            if (isRetry)
                return tomorrow - now;
        }
    }
}
