using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Identity;

/// <summary>
/// Reads which access tokens must be refused before they expire. The user and session documents say so themselves: the write that
/// ends a session or raises a user's token generation is the revocation, so no crash can come between the two.
/// </summary>
public sealed class RevocationStore(IMongoDatabase database, TimeProvider time) : IIndexedStore
{
    /// <summary>
    /// How long a revocation is kept: as long as the longest access token lives (<c>Auth:AccessTokenMinutes</c> is at most 60), and a
    /// day. A clock that runs ahead for a while must not make it expire, because the tokens are valid again once the clock is set back.
    /// </summary>
    public static readonly TimeSpan Retention = TimeSpan.FromHours(25);

    private const string UserIndex = "tokensRevokedAt";
    private const string SessionIndex = "endedAt";
    private readonly IMongoCollection<UserDocument> _users = database.GetCollection<UserDocument>(CollectionNames.Users);
    private readonly IMongoCollection<SessionDocument> _sessions = database.GetCollection<SessionDocument>(CollectionNames.Sessions);

    /// <inheritdoc/>
    public async Task EnsureIndexesAsync(IndexBuilder indexes, CancellationToken cancellationToken)
    {
        await indexes.AddAsync(
            _users,
            [new(Builders<UserDocument>.IndexKeys.Ascending(user => user.TokensRevokedAt), new() { Name = UserIndex })],
            cancellationToken
        );
        await indexes.AddAsync(
            _sessions,
            [new(Builders<SessionDocument>.IndexKeys.Ascending(session => session.EndedAt), new() { Name = SessionIndex })],
            cancellationToken
        );
    }

    /// <summary>The subject that stands for a session's tokens.</summary>
    public static string OfSession(ObjectId sessionId) => $"s:{sessionId}";

    /// <summary>The subject that stands for a user's tokens.</summary>
    public static string OfUser(ObjectId userId) => $"u:{userId}";

    /// <summary>
    /// Returns what was revoked since a moment, as far as it is kept. Uses the indexes <c>tokensRevokedAt</c> and <c>endedAt</c>.
    /// </summary>
    public async Task<IReadOnlyList<(string Subject, long Generation, DateTimeOffset Until)>> ReadAsync(
        DateTimeOffset since,
        CancellationToken cancellationToken
    )
    {
        var oldest = time.GetUtcNow() - Retention;
        if (since < oldest)
            since = oldest;
        var users = await _users
            .Find(user => user.TokensRevokedAt >= since)
            .Project(user => new
            {
                user.Id,
                user.TokenGeneration,
                user.TokensRevokedAt,
            })
            .ToListAsync(cancellationToken);
        var sessions = await _sessions
            .Find(session => session.EndedAt >= since)
            .Project(session => new { session.Id, session.EndedAt })
            .ToListAsync(cancellationToken);
        return
        [
            .. users.Select(user => (OfUser(user.Id), user.TokenGeneration, user.TokensRevokedAt!.Value + Retention)),
            .. sessions.Select(session => (OfSession(session.Id), 0L, session.EndedAt!.Value + Retention)),
        ];
    }
}
