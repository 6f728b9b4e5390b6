using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Identity;

/// <summary>Sign-in sessions.</summary>
public sealed class SessionStore(IMongoDatabase database, TimeProvider time) : IIndexedStore
{
    private const int ListLimit = 100;
    private const int EndBatchSize = 500;

    private const string UserIndex = "user_lastUsed";
    private const string ExpiryIndex = "expires_ttl";
    private readonly IMongoCollection<SessionDocument> _sessions = database.GetCollection<SessionDocument>(CollectionNames.Sessions);

    /// <inheritdoc/>
    public Task EnsureIndexesAsync(IndexBuilder indexes, CancellationToken cancellationToken) =>
        indexes.AddAsync(
            _sessions,
            [
                new(
                    Builders<SessionDocument>.IndexKeys.Ascending(session => session.UserId).Descending(session => session.LastUsedAt),
                    new() { Name = UserIndex }
                ),
                new(
                    Builders<SessionDocument>.IndexKeys.Ascending(session => session.ExpiresAt),
                    new() { Name = ExpiryIndex, ExpireAfter = TimeSpan.Zero }
                ),
            ],
            cancellationToken
        );

    /// <summary>Adds a session.</summary>
    public Task AddAsync(SessionDocument session, CancellationToken cancellationToken) =>
        _sessions.InsertOneAsync(session, cancellationToken: cancellationToken);

    /// <summary>Returns a session that has neither ended nor expired.</summary>
    public async Task<SessionDocument?> FindActiveAsync(ObjectId id, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return await _sessions
            .Find(session => session.Id == id && session.EndedAt == null && session.ExpiresAt > now)
            .FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>Returns up to 100 live sessions of a token generation, last used first. Uses the index <c>user_lastUsed</c>.</summary>
    public async Task<IReadOnlyList<SessionDocument>> ListActiveAsync(ObjectId userId, long generation, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return await _sessions
            .Find(session =>
                session.UserId == userId && session.EndedAt == null && session.ExpiresAt > now && session.TokenGeneration == generation
            )
            .SortByDescending(session => session.LastUsedAt)
            .Limit(ListLimit)
            .ToListAsync(cancellationToken);
    }

    /// <summary>Records a use and extends the session.</summary>
    public Task TouchAsync(ObjectId id, string? address, DateTimeOffset expiresAt, CancellationToken cancellationToken) =>
        _sessions.UpdateOneAsync(
            session => session.Id == id,
            Builders<SessionDocument>
                .Update.Set(session => session.LastUsedAt, time.GetUtcNow())
                .Set(session => session.Address, address)
                .Max(session => session.ExpiresAt, expiresAt),
            cancellationToken: cancellationToken
        );

    /// <summary>Ends one of a user's sessions.</summary>
    /// <returns>False if the user has no such session, or it has already ended.</returns>
    public async Task<bool> EndAsync(ObjectId userId, ObjectId id, CancellationToken cancellationToken)
    {
        var ended = await _sessions.UpdateOneAsync(
            session => session.Id == id && session.UserId == userId && session.EndedAt == null,
            EndUpdate(),
            cancellationToken: cancellationToken
        );
        return ended.MatchedCount > 0;
    }

    /// <summary>Ends up to 500 of a user's sessions other than <paramref name="kept"/>. Uses the index <c>user_lastUsed</c>.</summary>
    /// <returns>The sessions that were ended; empty when no other is left.</returns>
    public async Task<IReadOnlyList<ObjectId>> EndOthersAsync(ObjectId userId, ObjectId kept, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var ids = await _sessions
            .Find(session => session.UserId == userId && session.Id != kept && session.EndedAt == null && session.ExpiresAt > now)
            .Limit(EndBatchSize)
            .Project(session => session.Id)
            .ToListAsync(cancellationToken);
        if (ids.Count == 0)
            return ids;
        await _sessions.UpdateManyAsync(
            session => ids.Contains(session.Id) && session.EndedAt == null,
            EndUpdate(),
            cancellationToken: cancellationToken
        );
        return ids;
    }

    /// <summary>The document must outlive the last access token of the session, because the tokens are rejected based on it.</summary>
    private UpdateDefinition<SessionDocument> EndUpdate()
    {
        var now = time.GetUtcNow();
        return Builders<SessionDocument>
            .Update.Set(session => session.EndedAt, now)
            .Max(session => session.ExpiresAt, now + RevocationStore.Retention);
    }
}
