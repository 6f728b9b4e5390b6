using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Identity;

/// <summary>The sign-ins.</summary>
public sealed class SessionStore(IMongoDatabase database, TimeProvider time) : IIndexedStore
{
    /// <summary>How many of a user's sessions a list shows.</summary>
    public const int MostListed = 100;

    private const string UserIndex = "user_lastUsed";
    private const string ExpiryIndex = "expires_ttl";
    private readonly IMongoCollection<SessionDocument> _sessions = database.GetCollection<SessionDocument>(CollectionNames.Sessions);

    /// <inheritdoc/>
    public Task EnsureIndexesAsync(IndexBuilder indexes, CancellationToken cancellationToken) => indexes.AddAsync(
        _sessions,
        [
            new(Builders<SessionDocument>.IndexKeys.Ascending(session => session.UserId).Descending(session => session.LastUsedAt), new() { Name = UserIndex }),
            new(Builders<SessionDocument>.IndexKeys.Ascending(session => session.ExpiresAt), new() { Name = ExpiryIndex, ExpireAfter = TimeSpan.Zero }),
        ],
        cancellationToken);

    /// <summary>Begins a session.</summary>
    public Task AddAsync(SessionDocument session, CancellationToken cancellationToken) =>
        _sessions.InsertOneAsync(session, cancellationToken: cancellationToken);

    /// <summary>The session while it lives.</summary>
    public async Task<SessionDocument?> FindLiveAsync(ObjectId id, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return await _sessions.Find(session => session.Id == id && session.EndedAt == null && session.ExpiresAt > now).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>A user's live sessions of the current token generation, last used first. Uses the index <c>user_lastUsed</c>.</summary>
    public async Task<IReadOnlyList<SessionDocument>> ListLiveAsync(ObjectId userId, long generation, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return await _sessions.Find(session =>
                session.UserId == userId && session.EndedAt == null && session.ExpiresAt > now && session.TokenGeneration == generation)
            .SortByDescending(session => session.LastUsedAt).Limit(MostListed).ToListAsync(cancellationToken);
    }

    /// <summary>Notes a use, and moves the end.</summary>
    public Task TouchAsync(ObjectId id, string? address, DateTimeOffset expiresAt, CancellationToken cancellationToken) =>
        _sessions.UpdateOneAsync(
            session => session.Id == id,
            Builders<SessionDocument>.Update
                .Set(session => session.LastUsedAt, time.GetUtcNow())
                .Set(session => session.Address, address)
                .Max(session => session.ExpiresAt, expiresAt),
            cancellationToken: cancellationToken);

    /// <summary>Ends one of a user's sessions.</summary>
    /// <returns>False when the user has no such live session.</returns>
    public async Task<bool> EndAsync(ObjectId userId, ObjectId id, CancellationToken cancellationToken)
    {
        var ended = await _sessions.UpdateOneAsync(
            session => session.Id == id && session.UserId == userId && session.EndedAt == null,
            Builders<SessionDocument>.Update.Set(session => session.EndedAt, time.GetUtcNow()),
            cancellationToken: cancellationToken);
        return ended.MatchedCount > 0;
    }
}
