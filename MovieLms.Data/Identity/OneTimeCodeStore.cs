using MongoDB.Bson;
using MongoDB.Bson.Serialization.Attributes;
using MongoDB.Driver;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Identity;

/// <summary>Something that works once: a code sent to somebody, a link's token, a step between two requests.</summary>
public sealed record OneTimeCode
{
    /// <summary>What it is for: a purpose and the hash of a token, or a purpose and a user's id.</summary>
    [BsonId]
    public required string Key { get; init; }

    public ObjectId UserId { get; init; }

    /// <summary>Keyed hash of the code that must come with it; null when knowing the key is enough.</summary>
    public string? CodeHash { get; init; }

    /// <summary>What it concerns, e.g. the address that was to be verified.</summary>
    public string? Subject { get; init; }

    /// <summary>How often a code was tried.</summary>
    public int Tries { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>What works once, also under parallel tries, until MongoDB deletes it at its expiry.</summary>
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

    /// <summary>Stores it, in the place of an earlier one of the same key.</summary>
    public Task PutAsync(OneTimeCode code, CancellationToken cancellationToken) =>
        _codes.ReplaceOneAsync(stored => stored.Key == code.Key, code, new ReplaceOptions { IsUpsert = true }, cancellationToken);

    /// <summary>Looks at it without using it up.</summary>
    public async Task<OneTimeCode?> FindAsync(string key, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return await _codes.Find(code => code.Key == key && code.ExpiresAt > now).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>Uses up what the key names; of parallel callers one gets it.</summary>
    public async Task<OneTimeCode?> TakeAsync(string key, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return await _codes.FindOneAndDeleteAsync(code => code.Key == key && code.ExpiresAt > now, cancellationToken: cancellationToken);
    }

    /// <summary>Counts a try, before the code is compared, so that parallel tries cannot be more than there may be.</summary>
    /// <returns>Null when there is none, it has expired, or its tries are used up.</returns>
    public async Task<OneTimeCode?> TryAsync(string key, int maxAttempts, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return await _codes.FindOneAndUpdateAsync(
            code => code.Key == key && code.ExpiresAt > now && code.Tries < maxAttempts,
            Builders<OneTimeCode>.Update.Inc(code => code.Tries, 1),
            new FindOneAndUpdateOptions<OneTimeCode> { ReturnDocument = ReturnDocument.After },
            cancellationToken
        );
    }

    /// <summary>Uses up a code that was right; of parallel callers one is told true.</summary>
    public async Task<bool> UseAsync(OneTimeCode code, CancellationToken cancellationToken)
    {
        var same = Builders<OneTimeCode>.Filter.Where(stored => stored.Key == code.Key && stored.CodeHash == code.CodeHash);
        do
        {
            if ((await _codes.DeleteOneAsync(same, cancellationToken)).DeletedCount == 1)
                return true;
        }
        // DocumentDB deletes nothing, without an error, when a try is counted at the same moment; then the code is still there.
        while (await _codes.Find(same).Limit(1).AnyAsync(cancellationToken));
        return false;
    }

    /// <summary>Takes a code back, e.g. when its mail could not be accepted.</summary>
    public Task RemoveAsync(string key, CancellationToken cancellationToken) =>
        _codes.DeleteOneAsync(code => code.Key == key, cancellationToken);
}
