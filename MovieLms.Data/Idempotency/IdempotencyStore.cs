using MongoDB.Bson;
using MongoDB.Bson.Serialization.Attributes;
using MongoDB.Driver;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Idempotency;

/// <summary>
/// Stores the response to a request with an <c>Idempotency-Key</c> for a day. A key also reserves the ID of the document that the
/// request creates, so that a retry after a crash finds the document of the first attempt instead of creating a second one.
/// </summary>
public sealed class IdempotencyStore(IMongoDatabase database, TimeProvider clock) : IIndexedStore
{
    /// <summary>How long a key stands for the same request.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    /// <summary>How long a request that stopped renewing its lease blocks its key.</summary>
    public static readonly TimeSpan LeaseDuration = TimeSpan.FromMinutes(2);

    internal const string ExpiryIndex = "expiresAt_1";

    private static readonly Lease Lease = new() { Holder = "holder", ExpiresAt = "heldUntil" };
    private static readonly FilterDefinitionBuilder<IdempotencyDocument> Filter = Builders<IdempotencyDocument>.Filter;

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

    /// <summary>Claims a key for a request. If an earlier request holds the key or has completed, returns that one.</summary>
    /// <param name="key">The user, the operation and the client's key.</param>
    /// <param name="cancellationToken">Cancels the write.</param>
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
                HeldUntil = now + LeaseDuration,
                ExpiresAt = now + Lifetime,
            };
            if (await _keys.TryInsertAsync(fresh, cancellationToken))
                return fresh with { IsOwner = true };
            // MongoDB removes expired documents once per minute: an expired key must not wait for that.
            await _keys.DeleteOneAsync(k => k.Key == key && k.ExpiresAt <= now, cancellationToken);
            var taken = await _keys.FindOneAndUpdateAsync<IdempotencyDocument>(
                Filter.Where(k => k.Key == key && k.Answer == null) & Lease.Free(now),
                Lease.Claim(Id(fresh), fresh.HeldUntil),
                new FindOneAndUpdateOptions<IdempotencyDocument> { ReturnDocument = ReturnDocument.After },
                cancellationToken
            );
            if (taken is not null)
                return taken with { IsOwner = true };
            if (await _keys.Find(k => k.Key == key).FirstOrDefaultAsync(cancellationToken) is { } earlier)
                return earlier;
        }
    }

    /// <summary>Renews the lease of a running request.</summary>
    public Task RenewAsync(IdempotencyDocument mine, CancellationToken cancellationToken) =>
        _keys.UpdateOneAsync(Mine(mine), Lease.Renew(clock.GetUtcNow() + LeaseDuration), cancellationToken: cancellationToken);

    /// <summary>Stores the response for retries.</summary>
    public Task CompleteAsync(IdempotencyDocument mine, IdempotentResponse answer, CancellationToken cancellationToken) =>
        _keys.UpdateOneAsync(
            Mine(mine),
            Builders<IdempotencyDocument>.Update.Set(k => k.Answer, answer),
            cancellationToken: cancellationToken
        );

    /// <summary>
    /// Releases the key of a request that failed, and may have stored its resource nevertheless: the next attempt claims the key
    /// with the same <see cref="IdempotencyDocument.ResourceId"/>, so that it finds what is stored instead of creating another.
    /// </summary>
    public Task ReleaseAsync(IdempotencyDocument mine, CancellationToken cancellationToken) =>
        _keys.UpdateOneAsync(
            Mine(mine) & Filter.Eq(k => k.Answer, null),
            Lease.Renew(DateTimeOffset.UnixEpoch),
            cancellationToken: cancellationToken
        );

    /// <summary>Deletes the key of a request that was refused and changed nothing.</summary>
    public Task DeleteAsync(IdempotencyDocument mine, CancellationToken cancellationToken) =>
        _keys.DeleteOneAsync(Mine(mine) & Filter.Eq(k => k.Answer, null), cancellationToken);

    private static FilterDefinition<IdempotencyDocument> Mine(IdempotencyDocument mine) =>
        Filter.Eq(k => k.Key, mine.Key) & Lease.HeldBy(Id(mine));

    private static BsonBinaryData Id(IdempotencyDocument key) => new(key.Holder, GuidRepresentation.Standard);
}

/// <summary>A key and its request.</summary>
public sealed record IdempotencyDocument
{
    /// <summary>The user, the operation and the client's key.</summary>
    [BsonId]
    public required string Key { get; init; }

    /// <summary>The attempt that holds the key.</summary>
    public Guid Holder { get; init; }

    /// <summary>The ID of the document that the request creates.</summary>
    public ObjectId ResourceId { get; init; }

    /// <summary>When another attempt may claim the key.</summary>
    public DateTimeOffset HeldUntil { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Null while the request runs.</summary>
    public IdempotentResponse? Answer { get; init; }

    /// <summary>True for the attempt that must carry out the request.</summary>
    [BsonIgnore]
    public bool IsOwner { get; init; }
}

/// <summary>A stored response.</summary>
/// <param name="Fingerprint">Identifies the request's content; the key is refused for other content.</param>
/// <param name="Status">The HTTP status code.</param>
/// <param name="Headers">The headers that a retry receives again.</param>
/// <param name="Body">The response's body, in bytes. Null if it contained a credential and is not stored.</param>
public sealed record IdempotentResponse(string Fingerprint, int Status, Dictionary<string, string> Headers, byte[]? Body);
