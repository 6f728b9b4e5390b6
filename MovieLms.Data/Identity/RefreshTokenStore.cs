using MongoDB.Driver;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Identity;

/// <summary>Refresh tokens by hash. A used token is kept until it expires, so that its reuse is detected.</summary>
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

    /// <summary>Adds a token. Does nothing if it exists, because a retried rotation creates the same successor.</summary>
    public Task AddAsync(RefreshTokenDocument token, CancellationToken cancellationToken) =>
        _tokens.TryInsertAsync(token, cancellationToken);

    /// <summary>Returns the token with the hash, unless it has expired.</summary>
    public async Task<RefreshTokenDocument?> FindAsync(string hash, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return await _tokens.Find(token => token.Hash == hash && token.ExpiresAt > now).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>Marks a token as used.</summary>
    /// <returns>False if another request has already used it.</returns>
    public async Task<bool> TryMarkUsedAsync(string hash, CancellationToken cancellationToken)
    {
        var used = await _tokens.UpdateOneAsync(
            token => token.Hash == hash && token.UsedAt == null,
            Builders<RefreshTokenDocument>.Update.Set(token => token.UsedAt, time.GetUtcNow()),
            cancellationToken: cancellationToken
        );
        return used.ModifiedCount == 1;
    }
}
