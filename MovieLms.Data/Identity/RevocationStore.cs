using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Identity;

/// <summary>
/// Reads which access tokens must be rejected before they expire. Revocations are stored in the user and session documents: the write
/// that ends a session or increments a user's token generation is also the revocation, so a crash cannot separate the two.
/// </summary>
public sealed class RevocationStore(IMongoDatabase database, TimeProvider time) : IIndexedStore
{
    /// <summary>
    /// How long a revocation is kept: the maximum lifetime of an access token (<c>Auth:AccessTokenMinutes</c> is at most 60) plus one
    /// day. The day allows for a clock that runs ahead for a while: after it is set back, the tokens would be valid again.
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

    /// <summary>Returns the subject that stands for a session's tokens.</summary>
    public static string SessionSubject(ObjectId sessionId) => $"s:{sessionId}";

    /// <summary>Returns the subject that stands for a user's tokens.</summary>
    public static string UserSubject(ObjectId userId) => $"u:{userId}";

    /// <summary>
    /// Returns the revocations since a point in time that are still kept. Uses the indexes <c>tokensRevokedAt</c> and <c>endedAt</c>.
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
            .. users.Select(user => (UserSubject(user.Id), user.TokenGeneration, user.TokensRevokedAt!.Value + Retention)),
            .. sessions.Select(session => (SessionSubject(session.Id), 0L, session.EndedAt!.Value + Retention)),
        ];
    }
}
