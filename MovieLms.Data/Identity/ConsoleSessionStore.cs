using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Identity;

/// <summary>Sessions of browsers with the console, by the hash of their key.</summary>
public sealed class ConsoleSessionStore(IMongoDatabase database, TimeProvider time) : IIndexedStore
{
    private const string UserIndex = "user";
    private const string ExpiryIndex = "expires_ttl";

    private static readonly Lease Refresh = new() { Holder = "refresher", ExpiresAt = "refresherUntil" };

    private readonly IMongoCollection<ConsoleSessionDocument> _sessions = database.GetCollection<ConsoleSessionDocument>(
        CollectionNames.ConsoleSessions
    );

    /// <inheritdoc/>
    public Task EnsureIndexesAsync(IndexBuilder indexes, CancellationToken cancellationToken) =>
        indexes.AddAsync(
            _sessions,
            [
                // For the erasure of an account.
                Indexes.On<ConsoleSessionDocument>(UserIndex, "userId"),
                new(
                    Builders<ConsoleSessionDocument>.IndexKeys.Ascending(session => session.ExpiresAt),
                    new() { Name = ExpiryIndex, ExpireAfter = TimeSpan.Zero }
                ),
            ],
            cancellationToken
        );

    /// <summary>Adds a session.</summary>
    public Task AddAsync(ConsoleSessionDocument session, CancellationToken cancellationToken) =>
        _sessions.InsertOneAsync(session, cancellationToken: cancellationToken);

    /// <summary>Returns a session that has not expired.</summary>
    public async Task<ConsoleSessionDocument?> FindAsync(string keyHash, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return await _sessions
            .Find(session => session.KeyHash == keyHash && session.ExpiresAt > now)
            .FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>Claims the refresh of the tokens that the caller read. At most one caller per lease succeeds.</summary>
    /// <param name="session">The session as the caller read it.</param>
    /// <param name="refresher">A name for the caller.</param>
    /// <param name="lease">Time after which another caller may claim the refresh.</param>
    /// <returns>False if another caller holds the lease, or the tokens were refreshed since.</returns>
    public async Task<bool> TryClaimRefreshAsync(
        ConsoleSessionDocument session,
        string refresher,
        TimeSpan lease,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        var filter = new BsonDocument { { "_id", session.KeyHash }, { "refreshAt", new BsonDateTime(session.RefreshAt.UtcDateTime) } };
        filter.Merge(Refresh.Free(now));
        var claimed = await _sessions.UpdateOneAsync(filter, Refresh.Claim(refresher, now + lease), cancellationToken: cancellationToken);
        return claimed.ModifiedCount == 1;
    }

    /// <summary>Stores refreshed tokens and releases the lease.</summary>
    /// <returns>False if the caller no longer holds the lease, or the session has ended.</returns>
    public async Task<bool> TryCompleteRefreshAsync(ConsoleSessionDocument refreshed, string refresher, CancellationToken cancellationToken)
    {
        var completed = await _sessions.UpdateOneAsync(
            session => session.KeyHash == refreshed.KeyHash && session.Refresher == refresher,
            Builders<ConsoleSessionDocument>
                .Update.Set(session => session.ProtectedTokens, refreshed.ProtectedTokens)
                .Set(session => session.AccessTokenExpiresAt, refreshed.AccessTokenExpiresAt)
                .Set(session => session.RefreshAt, refreshed.RefreshAt)
                .Set(session => session.ExpiresAt, refreshed.ExpiresAt)
                .Unset(session => session.Refresher)
                .Unset(session => session.RefresherUntil),
            cancellationToken: cancellationToken
        );
        return completed.ModifiedCount == 1;
    }

    /// <summary>Removes a session.</summary>
    public Task RemoveAsync(string keyHash, CancellationToken cancellationToken) =>
        _sessions.DeleteOneAsync(session => session.KeyHash == keyHash, cancellationToken);
}
