using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Identity;

/// <summary>The sign-ins.</summary>
public sealed class SessionStore(IMongoDatabase database, TimeProvider time) : IIndexedStore
{
    private const int ListLimit = 100;
    private const int EndedAtOnce = 500;

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

    /// <summary>Begins a session.</summary>
    public Task AddAsync(SessionDocument session, CancellationToken cancellationToken) =>
        _sessions.InsertOneAsync(session, cancellationToken: cancellationToken);

    /// <summary>The session while it lives.</summary>
    public async Task<SessionDocument?> FindLiveAsync(ObjectId id, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return await _sessions
            .Find(session => session.Id == id && session.EndedAt == null && session.ExpiresAt > now)
            .FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>A user's live sessions of the current token generation, last used first. Uses the index <c>user_lastUsed</c>.</summary>
    public async Task<IReadOnlyList<SessionDocument>> ListLiveAsync(ObjectId userId, long generation, CancellationToken cancellationToken)
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

    /// <summary>Notes a use, and moves the end.</summary>
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
    /// <returns>False when the user has no such live session.</returns>
    public async Task<bool> EndAsync(ObjectId userId, ObjectId id, CancellationToken cancellationToken)
    {
        var ended = await _sessions.UpdateOneAsync(
            session => session.Id == id && session.UserId == userId && session.EndedAt == null,
            End(),
            cancellationToken: cancellationToken
        );
        return ended.MatchedCount > 0;
    }

    /// <summary>Ends some of a user's sessions. Uses the index <c>user_lastUsed</c>.</summary>
    /// <param name="userId">The user.</param>
    /// <param name="kept">The session that goes on.</param>
    /// <param name="cancellationToken">Cancels the write.</param>
    /// <returns>The sessions that were ended; empty when no other is left.</returns>
    public async Task<IReadOnlyList<ObjectId>> EndNextOthersAsync(ObjectId userId, ObjectId kept, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var ids = await _sessions
            .Find(session => session.UserId == userId && session.Id != kept && session.EndedAt == null && session.ExpiresAt > now)
            .Limit(EndedAtOnce)
            .Project(session => session.Id)
            .ToListAsync(cancellationToken);
        if (ids.Count == 0)
            return ids;
        await _sessions.UpdateManyAsync(
            session => ids.Contains(session.Id) && session.EndedAt == null,
            End(),
            cancellationToken: cancellationToken
        );
        return ids;
    }

    /// <summary>The document outlives the last access token of the session: it is what the tokens are refused by.</summary>
    private UpdateDefinition<SessionDocument> End()
    {
        var now = time.GetUtcNow();
        return Builders<SessionDocument>
            .Update.Set(session => session.EndedAt, now)
            .Max(session => session.ExpiresAt, now + RevocationStore.Retention);
    }
}
