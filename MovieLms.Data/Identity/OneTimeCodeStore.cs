using MongoDB.Bson;
using MongoDB.Bson.Serialization.Attributes;
using MongoDB.Driver;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Identity;

/// <summary>A single-use code: one that was sent to a user, the token of a link, or a step between two requests.</summary>
public sealed record OneTimeCode
{
    /// <summary>A purpose and the hash of a token, or a purpose and a user's ID.</summary>
    [BsonId]
    public required string Key { get; init; }

    public ObjectId UserId { get; init; }

    /// <summary>Keyed hash of the code that the caller must also send; null if the key is sufficient.</summary>
    public string? CodeHash { get; init; }

    /// <summary>What the code applies to, for example the address to verify.</summary>
    public string? Subject { get; init; }

    /// <summary>Number of attempts.</summary>
    public int Tries { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>Single-use codes. Each works once even under concurrent requests. MongoDB deletes a code when it expires.</summary>
public sealed class OneTimeCodeStore(IMongoDatabase database, TimeProvider time) : IIndexedStore
{
    private const string ExpiryIndex = "expires_ttl";
    private readonly IMongoCollection<OneTimeCode> _codes = database.GetCollection<OneTimeCode>(CollectionNames.OneTimeCodes);

    /// <inheritdoc/>
    public Task EnsureIndexesAsync(IndexBuilder indexes, CancellationToken cancellationToken) =>
        indexes.AddAsync(
            _codes,
            [
                new CreateIndexModel<OneTimeCode>(
                    Builders<OneTimeCode>.IndexKeys.Ascending(code => code.ExpiresAt),
                    new() { Name = ExpiryIndex, ExpireAfter = TimeSpan.Zero }
                ),
            ],
            cancellationToken
        );

    /// <summary>Stores a code and replaces an earlier one with the same key.</summary>
    public Task PutAsync(OneTimeCode code, CancellationToken cancellationToken) =>
        _codes.ReplaceOneAsync(stored => stored.Key == code.Key, code, new ReplaceOptions { IsUpsert = true }, cancellationToken);

    /// <summary>Returns a code without consuming it.</summary>
    public async Task<OneTimeCode?> FindAsync(string key, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return await _codes.Find(code => code.Key == key && code.ExpiresAt > now).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>Consumes a code. Of several concurrent callers, one receives it.</summary>
    public async Task<OneTimeCode?> ConsumeAsync(string key, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return await _codes.FindOneAndDeleteAsync(code => code.Key == key && code.ExpiresAt > now, cancellationToken: cancellationToken);
    }

    /// <summary>Counts an attempt before the code is compared, so that concurrent attempts cannot exceed the limit.</summary>
    /// <returns>Null if there is no such code, it has expired, or no attempts are left.</returns>
    public async Task<OneTimeCode?> CountAttemptAsync(string key, int maxAttempts, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return await _codes.FindOneAndUpdateAsync(
            code => code.Key == key && code.ExpiresAt > now && code.Tries < maxAttempts,
            Builders<OneTimeCode>.Update.Inc(code => code.Tries, 1),
            new FindOneAndUpdateOptions<OneTimeCode> { ReturnDocument = ReturnDocument.After },
            cancellationToken
        );
    }

    /// <summary>Consumes a code that was entered correctly. Of several concurrent callers, one gets true.</summary>
    public async Task<bool> TryConsumeAsync(OneTimeCode code, CancellationToken cancellationToken)
    {
        var same = Builders<OneTimeCode>.Filter.Where(stored => stored.Key == code.Key && stored.CodeHash == code.CodeHash);
        do
        {
            if ((await _codes.DeleteOneAsync(same, cancellationToken)).DeletedCount == 1)
                return true;
        }
        // While another request counts an attempt, DocumentDB deletes nothing and reports no error. The code then still exists.
        while (await _codes.Find(same).Limit(1).AnyAsync(cancellationToken));
        return false;
    }

    /// <summary>Removes a code, for example when its mail could not be queued.</summary>
    public Task RemoveAsync(string key, CancellationToken cancellationToken) =>
        _codes.DeleteOneAsync(code => code.Key == key, cancellationToken);
}
