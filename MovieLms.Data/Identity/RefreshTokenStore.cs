using MongoDB.Driver;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Identity;

/// <summary>The refresh tokens, by hash; a used one is kept until it expires, so that its reuse is noticed.</summary>
public sealed class RefreshTokenStore(IMongoDatabase database, TimeProvider time) : IIndexedStore
{
    private const string ExpiryIndex = "expires_ttl";
    private readonly IMongoCollection<RefreshTokenDocument> _tokens = database.GetCollection<RefreshTokenDocument>(
        CollectionNames.RefreshTokens
    );

    /// <inheritdoc/>
    public Task EnsureIndexesAsync(IndexBuilder indexes, CancellationToken cancellationToken) =>
        indexes.AddAsync(
            _tokens,
            [
                new CreateIndexModel<RefreshTokenDocument>(
                    Builders<RefreshTokenDocument>.IndexKeys.Ascending(token => token.ExpiresAt),
                    new() { Name = ExpiryIndex, ExpireAfter = TimeSpan.Zero }
                ),
            ],
            cancellationToken
        );

    /// <summary>Adds a token; does nothing when it is there already (a retried rotation makes the same successor).</summary>
    public async Task AddAsync(RefreshTokenDocument token, CancellationToken cancellationToken)
    {
        try
        {
            await _tokens.InsertOneAsync(token, cancellationToken: cancellationToken);
        }
        catch (MongoWriteException e) when (e.WriteError?.Category == ServerErrorCategory.DuplicateKey)
        {
            // Whoever was first has stored the same token with the same expiry.
            return;
        }
    }

    /// <summary>The token with the hash, unless it has expired.</summary>
    public async Task<RefreshTokenDocument?> FindAsync(string hash, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return await _tokens.Find(token => token.Hash == hash && token.ExpiresAt > now).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>Marks a token as used.</summary>
    /// <returns>False when somebody else has just done so.</returns>
    public async Task<bool> UseAsync(string hash, CancellationToken cancellationToken)
    {
        var used = await _tokens.UpdateOneAsync(
            token => token.Hash == hash && token.UsedAt == null,
            Builders<RefreshTokenDocument>.Update.Set(token => token.UsedAt, time.GetUtcNow()),
            cancellationToken: cancellationToken
        );
        return used.ModifiedCount == 1;
    }
}
