using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Paging;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Identity;

/// <summary>Something that must be possible to look up afterwards: a sign-in, a refusal, an act of administration.</summary>
public sealed record AuditEntry
{
    public ObjectId Id { get; init; }
    public DateTimeOffset At { get; init; }

    /// <summary>What was done, e.g. <c>login</c>, <c>role.change</c>.</summary>
    public required string Action { get; init; }

    /// <summary>False for a failure or a denial.</summary>
    public bool Succeeded { get; init; }

    /// <summary>Who did it; null when nobody was signed in.</summary>
    public ObjectId? ActorId { get; init; }

    /// <summary>Whom it concerns, when that is somebody known.</summary>
    public ObjectId? UserId { get; init; }

    /// <summary>The address it came from.</summary>
    public string? Address { get; init; }

    /// <summary>What else matters, e.g. <c>student → instructor</c>; never a secret or a mail address.</summary>
    public string? Detail { get; init; }

    /// <summary>How many times it happened; null for once, as in every entry but those of denials.</summary>
    public int? Count { get; init; }
}

/// <summary>The audit log. Entries expire; only the count of a denial changes after it was added.</summary>
public sealed class AuditStore(IMongoDatabase database, TimeProvider time) : IIndexedStore
{
    /// <summary>The one order: newest first.</summary>
    public const string Sort = "-id";

    private const string ExpiryIndex = "at_ttl";
    private const string UserIndex = "user_id";
    private const string ActionIndex = "action_id";
    private static readonly TimeSpan Kept = TimeSpan.FromDays(400);
    private readonly IMongoCollection<AuditEntry> _entries = database.GetCollection<AuditEntry>(CollectionNames.Audit);

    /// <inheritdoc/>
    public Task EnsureIndexesAsync(IndexBuilder indexes, CancellationToken cancellationToken) =>
        indexes.AddAsync(
            _entries,
            [
                new(Builders<AuditEntry>.IndexKeys.Ascending(entry => entry.At), new() { Name = ExpiryIndex, ExpireAfter = Kept }),
                new(
                    Builders<AuditEntry>.IndexKeys.Ascending(entry => entry.UserId).Descending(entry => entry.Id),
                    new() { Name = UserIndex }
                ),
                new(
                    Builders<AuditEntry>.IndexKeys.Ascending(entry => entry.Action).Descending(entry => entry.Id),
                    new() { Name = ActionIndex }
                ),
            ],
            cancellationToken
        );

    /// <summary>Adds an entry. Sets its time, and its ID unless it has one.</summary>
    public Task AddAsync(AuditEntry entry, CancellationToken cancellationToken) =>
        _entries.InsertOneAsync(
            entry with
            {
                Id = entry.Id == ObjectId.Empty ? ObjectId.GenerateNewId() : entry.Id,
                At = time.GetUtcNow(),
            },
            cancellationToken: cancellationToken
        );

    /// <summary>Counts further occurrences of an entry that was added.</summary>
    public Task CountAsync(ObjectId id, int further, CancellationToken cancellationToken) =>
        _entries.UpdateOneAsync(
            entry => entry.Id == id,
            Builders<AuditEntry>.Update.Inc(entry => entry.Count, further),
            cancellationToken: cancellationToken
        );

    /// <summary>One page, newest first. Uses <c>user_id</c>, <c>action_id</c> or the ids' own index.</summary>
    public async Task<Page<AuditEntry>> ListAsync(
        ObjectId? userId,
        string? action,
        PageCursor? cursor,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var filter = Builders<AuditEntry>.Filter.Empty;
        if (userId is { } concerned)
            filter &= Builders<AuditEntry>.Filter.Eq(entry => entry.UserId, concerned);
        if (action is not null)
            filter &= Builders<AuditEntry>.Filter.Eq(entry => entry.Action, action);
        if (cursor is not null)
            filter &= Builders<AuditEntry>.Filter.Lt(entry => entry.Id, cursor.Id);
        var found = await _entries.Find(filter).SortByDescending(entry => entry.Id).Limit(limit + 1).ToListAsync(cancellationToken);
        if (found.Count <= limit)
            return new Page<AuditEntry>(found, null);
        found.RemoveAt(limit);
        return new Page<AuditEntry>(found, new PageCursor(Sort, BsonNull.Value, found[^1].Id).Encode());
    }
}
