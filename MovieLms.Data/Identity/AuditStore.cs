using System.Buffers.Binary;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Paging;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Identity;

/// <summary>An event in the audit log: a sign-in, a denial or an administrative action.</summary>
public sealed record AuditEntry
{
    /// <summary>The action of an administrator who started a recurring job.</summary>
    public const string JobRun = "job.run";

    public ObjectId Id { get; init; }
    public DateTimeOffset At { get; init; }

    /// <summary>The action, for example <c>login</c> or <c>role.change</c>.</summary>
    public required string Action { get; init; }

    /// <summary>False for a failure or a denial.</summary>
    public bool Succeeded { get; init; }

    /// <summary>The signed-in user who caused the event; null if there was none.</summary>
    public ObjectId? ActorId { get; init; }

    /// <summary>The affected user, if known.</summary>
    public ObjectId? UserId { get; init; }

    /// <summary>The client's address.</summary>
    public string? Address { get; init; }

    /// <summary>Further details, for example <c>student → instructor</c>; never a secret or an e-mail address.</summary>
    public string? Detail { get; init; }

    /// <summary>Number of occurrences; null means one. Only denials are counted.</summary>
    public int? Count { get; init; }
}

/// <summary>Which audit events to list; null includes all.</summary>
public sealed record AuditFilter
{
    /// <summary>The affected user.</summary>
    public ObjectId? UserId { get; init; }

    /// <summary>The signed-in user who caused the event.</summary>
    public ObjectId? ActorId { get; init; }

    /// <summary>The action.</summary>
    public string? Action { get; init; }

    /// <summary>The earliest time.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>The time before which the events occurred.</summary>
    public DateTimeOffset? To { get; init; }
}

/// <summary>The audit log. Entries expire. Only the count of a denial can change after the entry was added.</summary>
public sealed class AuditStore(IMongoDatabase database, TimeProvider time) : IIndexedStore
{
    /// <summary>The only order: newest first.</summary>
    public const string Sort = "-id";

    private const string ExpiryIndex = "at_ttl";
    private const string UserIndex = "user_id";
    private const string ActionIndex = "action_id";
    private const string ActorIndex = "actor_id";
    private static readonly TimeSpan Retention = TimeSpan.FromDays(400);

    /// <summary>
    /// IDs are in the order of the events, except that the ID of a denial is up to a minute older than its time. A time range therefore
    /// bounds the scan of any index that ends with the ID.
    /// </summary>
    private static readonly TimeSpan IdTolerance = TimeSpan.FromHours(1);
    private readonly IMongoCollection<AuditEntry> _entries = database.GetCollection<AuditEntry>(CollectionNames.Audit);

    /// <inheritdoc/>
    public Task EnsureIndexesAsync(IndexBuilder indexes, CancellationToken cancellationToken) =>
        indexes.AddAsync(
            _entries,
            [
                new(Builders<AuditEntry>.IndexKeys.Ascending(entry => entry.At), new() { Name = ExpiryIndex, ExpireAfter = Retention }),
                new(
                    Builders<AuditEntry>.IndexKeys.Ascending(entry => entry.UserId).Descending(entry => entry.Id),
                    new() { Name = UserIndex }
                ),
                new(
                    Builders<AuditEntry>.IndexKeys.Ascending(entry => entry.Action).Descending(entry => entry.Id),
                    new() { Name = ActionIndex }
                ),
                // Also serves the export and the erasure of a user's data.
                new(
                    Builders<AuditEntry>.IndexKeys.Ascending(entry => entry.ActorId).Descending(entry => entry.Id),
                    new() { Name = ActorIndex }
                ),
            ],
            cancellationToken
        );

    /// <summary>Adds an entry. Sets its time, and its ID unless it has one.</summary>
    public Task AddAsync(AuditEntry entry, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return _entries.InsertOneAsync(
            entry with
            {
                Id = entry.Id == ObjectId.Empty ? ObjectId.GenerateNewId(now.UtcDateTime) : entry.Id,
                At = now,
            },
            cancellationToken: cancellationToken
        );
    }

    /// <summary>Adds further occurrences to the count of an existing entry.</summary>
    public Task CountAsync(ObjectId id, int further, CancellationToken cancellationToken) =>
        _entries.UpdateOneAsync(
            entry => entry.Id == id,
            Builders<AuditEntry>.Update.Inc(entry => entry.Count, further),
            cancellationToken: cancellationToken
        );

    /// <summary>
    /// Returns one page, newest first. Uses the index <c>user_id</c>, <c>actor_id</c>, <c>action_id</c> or <c>_id_</c>.
    /// </summary>
    public async Task<Page<AuditEntry>> ListAsync(
        AuditFilter wanted,
        PageCursor? cursor,
        PageLimit limit,
        CancellationToken cancellationToken
    )
    {
        var filter = ToFilter(wanted);
        var total = await _entries.CountTotalAsync(filter, limit, cancellationToken);
        if (cursor is not null)
            filter &= Builders<AuditEntry>.Filter.Lt(entry => entry.Id, cursor.Id);
        var found = await _entries.Find(filter).SortByDescending(entry => entry.Id).Limit(limit.Items + 1).ToListAsync(cancellationToken);
        return Keyset.Page(found, limit, Sort, entry => (BsonNull.Value, entry.Id), total);
    }

    private static FilterDefinition<AuditEntry> ToFilter(AuditFilter wanted)
    {
        var field = Builders<AuditEntry>.Filter;
        var filter = field.Empty;
        if (wanted.UserId is { } user)
            filter &= field.Eq(entry => entry.UserId, user);
        if (wanted.ActorId is { } actor)
            filter &= field.Eq(entry => entry.ActorId, actor);
        if (wanted.Action is { } action)
            filter &= field.Eq(entry => entry.Action, action);
        if (wanted.From is { } from)
            filter &= field.Gte(entry => entry.At, from) & field.Gte(entry => entry.Id, GetFirstId(from, -IdTolerance));
        if (wanted.To is { } to)
            filter &= field.Lt(entry => entry.At, to) & field.Lt(entry => entry.Id, GetFirstId(to, IdTolerance));
        return filter;
    }

    /// <summary>Returns the first ID of a second. The time in an ID has 32 bits.</summary>
    private static ObjectId GetFirstId(DateTimeOffset time, TimeSpan tolerance)
    {
        var seconds = Math.Clamp(time.ToUnixTimeSeconds() + (long)tolerance.TotalSeconds, uint.MinValue, uint.MaxValue);
        var id = new byte[12];
        BinaryPrimitives.WriteUInt32BigEndian(id, (uint)seconds);
        return new ObjectId(id);
    }
}
