using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Paging;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Announcements;

/// <summary>A stored announcement to a course's students.</summary>
public sealed record AnnouncementDocument
{
    public ObjectId Id { get; init; }
    public required ObjectId CourseId { get; init; }
    public required ObjectId AuthorId { get; init; }

    /// <summary>One line, at most <see cref="AnnouncementLimits.Title"/> characters.</summary>
    public required string Title { get; init; }

    /// <summary>Plain text.</summary>
    public required string Text { get; init; }
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When delivery to all students completed; absent until then.</summary>
    public DateTimeOffset? DeliveredAt { get; init; }

    /// <summary>When a worker may claim the delivery; absent after it completed.</summary>
    public DateTimeOffset? DueAt { get; init; }
    public DateTimeOffset? DeletedAt { get; init; }

    /// <summary>The cascade that deleted it.</summary>
    public ObjectId? DeletedBy { get; init; }
    public DateTimeOffset? ArchivedAt { get; init; }

    /// <summary>The cascade that archived it.</summary>
    public ObjectId? ArchivedBy { get; init; }
}

/// <summary>Maximum lengths, in characters.</summary>
public static class AnnouncementLimits
{
    public const int Title = 200;
    public const int Text = 10_000;
}

/// <summary>Field names of stored announcements.</summary>
internal static class AnnouncementFields
{
    internal const string Id = "_id";
    internal const string CourseId = "courseId";
    internal const string AuthorId = "authorId";
    internal const string CreatedAt = "createdAt";
    internal const string DueAt = "dueAt";
    internal const string DeletedAt = "deletedAt";
}

/// <summary>Stores announcements.</summary>
public sealed class AnnouncementStore(IMongoDatabase database, TimeProvider time) : IIndexedStore
{
    /// <summary>The sort order of lists: newest first.</summary>
    public const string Sort = "-createdAt";

    /// <summary>How long the service that stored an announcement may take to deliver it before a worker may claim the delivery.</summary>
    private static readonly TimeSpan LeaseDuration = TimeSpan.FromMinutes(2);

    private static readonly Lease Lease = new() { DueAt = AnnouncementFields.DueAt };

    private readonly IMongoCollection<AnnouncementDocument> _announcements = database.GetCollection<AnnouncementDocument>(
        AnnouncementEntity.Collection
    );

    /// <inheritdoc/>
    public Task EnsureIndexesAsync(IndexBuilder indexes, CancellationToken cancellationToken) =>
        indexes.AddAsync(
            _announcements,
            [
                Indexes.On<AnnouncementDocument>(
                    "courseId_createdAt_id",
                    AnnouncementFields.CourseId,
                    AnnouncementFields.CreatedAt,
                    AnnouncementFields.Id
                ),
                // Serves the export of the author's data.
                Indexes.On<AnnouncementDocument>("authorId", AnnouncementFields.AuthorId),
                new CreateIndexModel<AnnouncementDocument>(
                    new BsonDocument(AnnouncementFields.DueAt, 1),
                    new CreateIndexOptions { Name = "dueAt", Sparse = true }
                ),
            ],
            cancellationToken
        );

    /// <summary>Stores an announcement for delivery. If the ID exists, returns the stored announcement unchanged.</summary>
    public async Task<AnnouncementDocument> AddAsync(
        ObjectId id,
        ObjectId courseId,
        ObjectId authorId,
        string title,
        string text,
        CancellationToken cancellationToken
    )
    {
        var now = time.Now();
        var announcement = new AnnouncementDocument
        {
            Id = id,
            CourseId = courseId,
            AuthorId = authorId,
            Title = title,
            Text = text,
            CreatedAt = now,
            DueAt = now + LeaseDuration,
        };
        return await _announcements.TryInsertAsync(announcement, cancellationToken)
            ? announcement
            : await _announcements.Find(stored => stored.Id == id).FirstAsync(cancellationToken);
    }

    /// <summary>Returns an announcement of a course; null if it does not exist or is deleted.</summary>
    public async Task<AnnouncementDocument?> GetAsync(ObjectId courseId, ObjectId id, CancellationToken cancellationToken) =>
        await _announcements
            .Find(
                new BsonDocument
                {
                    { AnnouncementFields.Id, id },
                    { AnnouncementFields.CourseId, courseId },
                    { AnnouncementFields.DeletedAt, BsonNull.Value },
                }
            )
            .FirstOrDefaultAsync(cancellationToken);

    /// <summary>Lists a course's announcements, newest first. Uses the index <c>courseId_createdAt_id</c>.</summary>
    public async Task<Page<AnnouncementDocument>> ListAsync(
        ObjectId courseId,
        PageCursor? cursor,
        PageLimit limit,
        CancellationToken cancellationToken
    )
    {
        var filter = new BsonDocument { { AnnouncementFields.CourseId, courseId }, { AnnouncementFields.DeletedAt, BsonNull.Value } };
        var total = await _announcements.CountTotalAsync(filter, limit, cancellationToken);
        Keyset.After(filter, cursor, AnnouncementFields.CreatedAt, descending: true);
        var found = await _announcements
            .Find(filter)
            .Sort(Keyset.Sort(AnnouncementFields.CreatedAt, descending: true))
            .Limit(limit.Items + 1)
            .ToListAsync(cancellationToken);
        return Keyset.Page(
            found,
            limit,
            Sort,
            announcement => (new BsonDateTime(announcement.CreatedAt.UtcDateTime), announcement.Id),
            total
        );
    }

    /// <summary>Claims an announcement whose delivery did not complete. Uses the index <c>dueAt</c>.</summary>
    public async Task<AnnouncementDocument?> ClaimDueAsync(CancellationToken cancellationToken)
    {
        var now = time.Now();
        return await _announcements.FindOneAndUpdateAsync(
            Lease.Due(now),
            Lease.Claim(holder: null, now + LeaseDuration),
            new FindOneAndUpdateOptions<AnnouncementDocument> { ReturnDocument = ReturnDocument.After },
            cancellationToken
        );
    }

    /// <summary>Marks an announcement as delivered to all students.</summary>
    public Task MarkDeliveredAsync(ObjectId id, CancellationToken cancellationToken) =>
        _announcements.UpdateOneAsync(
            announcement => announcement.Id == id,
            Builders<AnnouncementDocument>
                .Update.Set(announcement => announcement.DeliveredAt, time.Now())
                .Unset(announcement => announcement.DueAt),
            cancellationToken: cancellationToken
        );
}
