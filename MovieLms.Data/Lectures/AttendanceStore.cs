using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Paging;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Lectures;

/// <summary>The attendance of a student at a lecture as it is stored: at most one document per student and lecture.</summary>
public sealed record AttendanceDocument
{
    public ObjectId Id { get; init; }
    public required ObjectId CourseId { get; init; }
    public required ObjectId LectureId { get; init; }
    public required ObjectId StudentId { get; init; }
    public DateTimeOffset AttendedAt { get; init; }
    public DateTimeOffset? DeletedAt { get; init; }

    /// <summary>The cascade that deleted it.</summary>
    public ObjectId? DeletedBy { get; init; }
    public DateTimeOffset? ArchivedAt { get; init; }

    /// <summary>The cascade that archived it.</summary>
    public ObjectId? ArchivedBy { get; init; }
}

/// <summary>The field names of a stored attendance, for filters and pipelines.</summary>
internal static class AttendanceFields
{
    internal const string Id = "_id";
    internal const string CourseId = "courseId";
    internal const string LectureId = "lectureId";
    internal const string StudentId = "studentId";
    internal const string AttendedAt = "attendedAt";
    internal const string DeletedAt = "deletedAt";
}

/// <summary>The attendance of students at lectures.</summary>
public sealed class AttendanceStore(IMongoDatabase database, TimeProvider time) : IIndexedStore
{
    /// <summary>The only order: latest attendance first.</summary>
    public const string Sort = "-attendedAt";

    private readonly IMongoCollection<AttendanceDocument> _attendance = database.GetCollection<AttendanceDocument>(
        AttendanceEntity.Collection
    );

    /// <inheritdoc/>
    public Task EnsureIndexesAsync(IndexBuilder indexes, CancellationToken cancellationToken) =>
        indexes.AddAsync(
            _attendance,
            [
                Indexes.Unique<AttendanceDocument>("lectureId_studentId_unique", AttendanceFields.LectureId, AttendanceFields.StudentId),
                Indexes.On<AttendanceDocument>(
                    "lectureId_attendedAt_id",
                    AttendanceFields.LectureId,
                    AttendanceFields.AttendedAt,
                    AttendanceFields.Id
                ),
                Indexes.On<AttendanceDocument>("studentId_attendedAt", AttendanceFields.StudentId, AttendanceFields.AttendedAt),
            ],
            cancellationToken
        );

    /// <summary>Records that a student attended. A repeated call keeps the first time.</summary>
    public async Task<AttendanceDocument> AttendAsync(
        ObjectId courseId,
        ObjectId lectureId,
        ObjectId studentId,
        CancellationToken cancellationToken
    )
    {
        var filter = new BsonDocument { { AttendanceFields.LectureId, lectureId }, { AttendanceFields.StudentId, studentId } };
        var update = new BsonDocument(
            "$setOnInsert",
            new BsonDocument { { AttendanceFields.CourseId, courseId }, { AttendanceFields.AttendedAt, time.Now().UtcDateTime } }
        );
        // If an identical concurrent request was first, its document is returned.
        await _attendance.TryUpsertAsync(filter, update, cancellationToken);
        return await _attendance.Find(filter).FirstAsync(CancellationToken.None);
    }

    /// <summary>Returns the attendance of a student at a lecture, or null. Uses the index <c>lectureId_studentId_unique</c>.</summary>
    public async Task<AttendanceDocument?> FindAsync(ObjectId lectureId, ObjectId studentId, CancellationToken cancellationToken) =>
        await _attendance
            .Find(
                new BsonDocument
                {
                    { AttendanceFields.LectureId, lectureId },
                    { AttendanceFields.StudentId, studentId },
                    { AttendanceFields.DeletedAt, BsonNull.Value },
                }
            )
            .FirstOrDefaultAsync(cancellationToken);

    /// <summary>Returns one page of the attendance at a lecture. Uses the index <c>lectureId_attendedAt_id</c>.</summary>
    public async Task<Page<AttendanceDocument>> ListAsync(
        ObjectId lectureId,
        PageCursor? cursor,
        PageLimit limit,
        CancellationToken cancellationToken
    )
    {
        var filter = new BsonDocument { { AttendanceFields.LectureId, lectureId }, { AttendanceFields.DeletedAt, BsonNull.Value } };
        var total = await _attendance.CountTotalAsync(filter, limit, cancellationToken);
        Keyset.After(filter, cursor, AttendanceFields.AttendedAt, descending: true);
        var found = await _attendance
            .Find(filter)
            .Sort(Keyset.Sort(AttendanceFields.AttendedAt, descending: true))
            .Limit(limit.Items + 1)
            .ToListAsync(cancellationToken);
        return Keyset.Page(found, limit, Sort, attendance => (new BsonDateTime(attendance.AttendedAt.UtcDateTime), attendance.Id), total);
    }
}
