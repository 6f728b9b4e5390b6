using MongoDB.Bson;
using MongoDB.Bson.Serialization.Attributes;
using MongoDB.Driver;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Idempotency;

/// <summary>
/// Remembers what was answered under an <c>Idempotency-Key</c>, for a day. A key also reserves the id of what the request
/// creates, so that a retry after a crash finds the first try's document in place of making a second.
/// </summary>
public sealed class IdempotencyStore(IMongoDatabase database, TimeProvider clock) : IIndexedStore
{
    /// <summary>How long a key means the same request.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    /// <summary>How long a request that went silent blocks its key.</summary>
    public static readonly TimeSpan RunningFor = TimeSpan.FromMinutes(2);

    internal const string ExpiryIndex = "expiresAt_1";

    private readonly IMongoCollection<IdempotencyDocument> _keys = database.GetCollection<IdempotencyDocument>(
        CollectionNames.IdempotencyKeys
    );

    /// <inheritdoc/>
    public async Task EnsureIndexesAsync(IndexBuilder indexes, CancellationToken cancellationToken) =>
        await indexes.AddAsync(
            _keys,
            [
                new CreateIndexModel<IdempotencyDocument>(
                    Builders<IdempotencyDocument>.IndexKeys.Ascending(key => key.ExpiresAt),
                    new CreateIndexOptions { Name = ExpiryIndex, ExpireAfter = TimeSpan.Zero }
                ),
            ],
            cancellationToken
        );

    /// <summary>Takes the key for a request, unless an earlier one holds or has answered it.</summary>
    /// <param name="key">The user, the operation and the client's key together.</param>
    /// <param name="cancellationToken">The request's.</param>
    public async Task<IdempotencyDocument> BeginAsync(string key, CancellationToken cancellationToken)
    {
        while (true)
        {
            var now = clock.GetUtcNow();
            var fresh = new IdempotencyDocument
            {
                Key = key,
                Holder = Guid.NewGuid(),
                ResourceId = ObjectId.GenerateNewId(),
                HeldUntil = now + RunningFor,
                ExpiresAt = now + Lifetime,
            };
            try
            {
                await _keys.InsertOneAsync(fresh, cancellationToken: cancellationToken);
                return fresh with { IsMine = true };
            }
            catch (MongoWriteException e) when (e.WriteError.Category == ServerErrorCategory.DuplicateKey)
            {
                // The TTL sweep comes once a minute at best: an expired key is not to wait for it.
                await _keys.DeleteOneAsync(k => k.Key == key && k.ExpiresAt <= now, cancellationToken);
            }
            var taken = await _keys.FindOneAndUpdateAsync<IdempotencyDocument>(
                k => k.Key == key && k.Answer == null && k.HeldUntil < now,
                Builders<IdempotencyDocument>.Update.Set(k => k.Holder, fresh.Holder).Set(k => k.HeldUntil, fresh.HeldUntil),
                new FindOneAndUpdateOptions<IdempotencyDocument> { ReturnDocument = ReturnDocument.After },
                cancellationToken
            );
            if (taken is not null)
                return taken with { IsMine = true };
            if (await _keys.Find(k => k.Key == key).FirstOrDefaultAsync(cancellationToken) is { } earlier)
                return earlier;
        }
    }

    /// <summary>Says that the request still runs.</summary>
    public Task KeepAsync(IdempotencyDocument mine, CancellationToken cancellationToken) =>
        _keys.UpdateOneAsync(
            k => k.Key == mine.Key && k.Holder == mine.Holder,
            Builders<IdempotencyDocument>.Update.Set(k => k.HeldUntil, clock.GetUtcNow() + RunningFor),
            cancellationToken: cancellationToken
        );

    /// <summary>Keeps the answer for retries.</summary>
    public Task CompleteAsync(IdempotencyDocument mine, IdempotentAnswer answer, CancellationToken cancellationToken) =>
        _keys.UpdateOneAsync(
            k => k.Key == mine.Key && k.Holder == mine.Holder,
            Builders<IdempotencyDocument>.Update.Set(k => k.Answer, answer),
            cancellationToken: cancellationToken
        );

    /// <summary>
    /// Releases the key of a request that failed, and may have stored its resource nevertheless: the next attempt claims the key
    /// with the same <see cref="IdempotencyDocument.ResourceId"/>, so that it finds what is stored instead of creating another.
    /// </summary>
    public Task ReleaseAsync(IdempotencyDocument mine, CancellationToken cancellationToken) =>
        _keys.UpdateOneAsync(
            k => k.Key == mine.Key && k.Holder == mine.Holder && k.Answer == null,
            Builders<IdempotencyDocument>.Update.Set(k => k.HeldUntil, DateTimeOffset.UnixEpoch),
            cancellationToken: cancellationToken
        );

    /// <summary>Deletes the key of a request that was refused and changed nothing.</summary>
    public Task ForgetAsync(IdempotencyDocument mine, CancellationToken cancellationToken) =>
        _keys.DeleteOneAsync(k => k.Key == mine.Key && k.Holder == mine.Holder && k.Answer == null, cancellationToken);
}

/// <summary>A key and what is known of its request.</summary>
public sealed record IdempotencyDocument
{
    /// <summary>The user, the operation and the client's key together.</summary>
    [BsonId]
    public required string Key { get; init; }

    /// <summary>The try that holds it.</summary>
    public Guid Holder { get; init; }

    /// <summary>The id that what the request creates must take.</summary>
    public ObjectId ResourceId { get; init; }

    /// <summary>A request that is silent until then is taken for dead.</summary>
    public DateTimeOffset HeldUntil { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Null while the request runs.</summary>
    public IdempotentAnswer? Answer { get; init; }

    /// <summary>True for the try that must do the work.</summary>
    [BsonIgnore]
    public bool IsMine { get; init; }
}

/// <summary>What was answered.</summary>
/// <param name="Fingerprint">Of the request's content; another content under the key is refused.</param>
/// <param name="Status">HTTP status.</param>
/// <param name="Headers">Those that a retry must see again.</param>
/// <param name="Body">As sent.</param>
public sealed record IdempotentAnswer(string Fingerprint, int Status, Dictionary<string, string> Headers, byte[] Body);
