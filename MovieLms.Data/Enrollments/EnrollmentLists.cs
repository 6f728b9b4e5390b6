using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Paging;

namespace MovieLms.Data.Enrollments;

/// <summary>A filter for a list of enrollments. Criteria that are null do not apply.</summary>
/// <param name="Archived">Only archived enrollments instead of only the others.</param>
public sealed record EnrollmentFilter(
    ObjectId? StudentId = null,
    ObjectId? CourseId = null,
    EnrollmentStatus? Status = null,
    bool Archived = false
);

/// <summary>Lists enrollments.</summary>
public sealed class EnrollmentLists(IMongoDatabase database)
{
    /// <summary>The only sort order: latest enrollment first.</summary>
    public const string Sort = "-enrolledAt";

    internal static readonly CreateIndexModel<EnrollmentDocument>[] Indexes =
    [
        Storage.Indexes.On<EnrollmentDocument>(
            "studentId_enrolledAt_id",
            EnrollmentFields.StudentId,
            EnrollmentFields.EnrolledAt,
            EnrollmentFields.Id
        ),
        Storage.Indexes.On<EnrollmentDocument>(
            "courseId_enrolledAt_id",
            EnrollmentFields.CourseId,
            EnrollmentFields.EnrolledAt,
            EnrollmentFields.Id
        ),
        Storage.Indexes.On<EnrollmentDocument>(
            "courseId_status_enrolledAt_id",
            EnrollmentFields.CourseId,
            EnrollmentFields.Status,
            EnrollmentFields.EnrolledAt,
            EnrollmentFields.Id
        ),
        Storage.Indexes.On<EnrollmentDocument>("enrolledAt_id", EnrollmentFields.EnrolledAt, EnrollmentFields.Id),
    ];

    private readonly IMongoCollection<EnrollmentDocument> _enrollments = database.GetCollection<EnrollmentDocument>(
        EnrollmentEntity.Collection
    );

    /// <summary>Returns one page of enrollments, latest first.</summary>
    public async Task<Page<EnrollmentDocument>> ListAsync(
        EnrollmentFilter filter,
        PageCursor? cursor,
        PageLimit limit,
        CancellationToken cancellationToken
    )
    {
        var query = new BsonDocument
        {
            { EnrollmentFields.DeletedAt, BsonNull.Value },
            { EnrollmentFields.ArchivedAt, filter.Archived ? new BsonDocument("$ne", BsonNull.Value) : BsonNull.Value },
        };
        if (filter.StudentId is { } student)
            query.Add(EnrollmentFields.StudentId, student);
        if (filter.CourseId is { } course)
            query.Add(EnrollmentFields.CourseId, course);
        if (filter.Status is { } status)
            query.Add(EnrollmentFields.Status, status.ToString());
        var total = await _enrollments.CountTotalAsync(query, limit, cancellationToken);
        Keyset.After(query, cursor, EnrollmentFields.EnrolledAt, descending: true);
        var found = await _enrollments
            .Find(query)
            .Sort(Keyset.Sort(EnrollmentFields.EnrolledAt, descending: true))
            .Limit(limit.Items + 1)
            .ToListAsync(cancellationToken);
        return Keyset.Page(found, limit, Sort, enrollment => (new BsonDateTime(enrollment.EnrolledAt.UtcDateTime), enrollment.Id), total);
    }

    /// <summary>
    /// Returns the students, among the given ones, who enrolled in a course since a time. Uses the index <c>courseId_studentId_unique</c>.
    /// </summary>
    public async Task<IReadOnlyList<ObjectId>> ListEnrolledSinceAsync(
        ObjectId courseId,
        IReadOnlyCollection<ObjectId> studentIds,
        DateTimeOffset since,
        CancellationToken cancellationToken
    ) =>
        await _enrollments
            .Find(
                new BsonDocument
                {
                    { EnrollmentFields.CourseId, courseId },
                    { EnrollmentFields.StudentId, new BsonDocument("$in", new BsonArray(studentIds)) },
                    { EnrollmentFields.Status, EnrollmentFields.Active },
                    { EnrollmentFields.EnrolledAt, new BsonDocument("$gte", since.UtcDateTime) },
                },
                new FindOptions { Hint = EnrollmentStore.StudentIndex }
            )
            .Project(enrollment => enrollment.StudentId)
            .ToListAsync(cancellationToken);

    /// <summary>Returns the enrolled students of a course in batches. Uses the index <c>courseId_status_enrolledAt_id</c>.</summary>
    public async IAsyncEnumerable<IReadOnlyList<ObjectId>> ListStudentsAsync(
        ObjectId courseId,
        int batch,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        using var cursor = await _enrollments
            .Find(CourseSeats.Seated(courseId), new FindOptions { BatchSize = batch })
            .Project(enrollment => enrollment.StudentId)
            .ToCursorAsync(cancellationToken);
        while (await cursor.MoveNextAsync(cancellationToken))
            yield return [.. cursor.Current];
    }
}
