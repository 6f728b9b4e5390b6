using MongoDB.Bson;
using MongoDB.Bson.Serialization.Attributes;
using MongoDB.Driver;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Identity;

/// <summary>Whose access tokens are refused before they expire; MongoDB deletes an entry when the last of them has expired.</summary>
public sealed class RevocationStore(IMongoDatabase database, TimeProvider time) : IIndexedStore
{
    private const string ExpiryIndex = "until_ttl";
    private const string AtIndex = "at";
    private readonly IMongoCollection<RevocationDocument> _revocations = database.GetCollection<RevocationDocument>(CollectionNames.Revocations);

    /// <inheritdoc/>
    public Task EnsureIndexesAsync(IndexBuilder indexes, CancellationToken cancellationToken) => indexes.AddAsync(
        _revocations,
        [
            new(Builders<RevocationDocument>.IndexKeys.Ascending(revocation => revocation.Until), new() { Name = ExpiryIndex, ExpireAfter = TimeSpan.Zero }),
            new(Builders<RevocationDocument>.IndexKeys.Ascending(revocation => revocation.At), new() { Name = AtIndex }),
        ],
        cancellationToken);

    /// <summary>The subject that stands for a session's tokens.</summary>
    public static string OfSession(ObjectId sessionId) => $"s:{sessionId}";

    /// <summary>The subject that stands for a user's tokens.</summary>
    public static string OfUser(ObjectId userId) => $"u:{userId}";

    /// <summary>Stores a revocation; a later one of the same subject takes the earlier one's place.</summary>
    public Task AddAsync(string subject, long generation, DateTimeOffset until, CancellationToken cancellationToken) =>
        _revocations.UpdateOneAsync(
            revocation => revocation.Subject == subject,
            Builders<RevocationDocument>.Update
                .Max(revocation => revocation.Generation, generation)
                .Max(revocation => revocation.Until, until)
                .Set(revocation => revocation.At, time.GetUtcNow()),
            new UpdateOptions { IsUpsert = true },
            cancellationToken);

    /// <summary>What was revoked since a moment. Uses the index <c>at</c>.</summary>
    public async Task<IReadOnlyList<(string Subject, long Generation, DateTimeOffset Until)>> ReadAsync(
        DateTimeOffset since, CancellationToken cancellationToken)
    {
        var found = await _revocations.Find(revocation => revocation.At >= since).ToListAsync(cancellationToken);
        return [.. found.Select(revocation => (revocation.Subject, revocation.Generation, revocation.Until))];
    }

    private sealed record RevocationDocument
    {
        [BsonId]
        public required string Subject { get; init; }
        public long Generation { get; init; }
        public DateTimeOffset Until { get; init; }
        public DateTimeOffset At { get; init; }
    }
}
