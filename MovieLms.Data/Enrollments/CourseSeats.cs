using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Courses;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Enrollments;

/// <summary>
/// Manages the seats of courses. The course document holds the number of used seats, so one conditional write reserves a seat. A claim on
/// the course marks each change from before the enrollment is written until after it. A claim that remains was left by a crash, and
/// <see cref="RecountAsync"/> corrects the count. A student has one claim at a time, so that parallel requests of one student do not
/// reserve several seats.
/// </summary>
public sealed class CourseSeats(IMongoDatabase database, TimeProvider time)
{
    /// <summary>Age after which a claim is considered left by a crash.</summary>
    internal static readonly TimeSpan ClaimTimeout = TimeSpan.FromMinutes(1);

    private const string ClaimStudent = CourseFields.SeatClaims + ".studentId";
    private const string ClaimId = CourseFields.SeatClaims + "._id";
    private static readonly UpdateDefinitionBuilder<CourseDocument> Update = Builders<CourseDocument>.Update;
    private readonly IMongoCollection<CourseDocument> _courses = database.GetCollection<CourseDocument>(CourseEntity.Collection);
    private readonly IMongoCollection<EnrollmentDocument> _enrollments = database.GetCollection<EnrollmentDocument>(
        EnrollmentEntity.Collection
    );

    /// <summary>Reserves a seat for a student.</summary>
    /// <returns>
    /// A claim to settle; or NotFound, ReadOnly, Full, Duplicate while another change of this student's seat is in progress, or Stale while
    /// changes of other students are, because they may release a seat.
    /// </returns>
    internal async Task<WriteResult<SeatClaim>> ReserveAsync(ObjectId courseId, ObjectId studentId, CancellationToken cancellationToken)
    {
        var filter = CourseFields.Open(courseId);
        filter.Add(ClaimStudent, new BsonDocument("$ne", studentId));
        filter.Add(
            "$expr",
            new BsonDocument(
                "$lt",
                new BsonArray
                {
                    "$" + CourseFields.ActiveEnrollments,
                    new BsonDocument("$ifNull", new BsonArray { "$" + CourseFields.Capacity, int.MaxValue }),
                }
            )
        );
        return await ClaimAsync(filter, courseId, studentId, 1, cancellationToken);
    }

    /// <summary>Claims a student's seat before a withdrawal. Settling the claim releases the seat.</summary>
    internal async Task<WriteResult<SeatClaim>> BeginReleaseAsync(
        ObjectId courseId,
        ObjectId studentId,
        CancellationToken cancellationToken
    )
    {
        var filter = CourseFields.Open(courseId);
        filter.Add(ClaimStudent, new BsonDocument("$ne", studentId));
        return await ClaimAsync(filter, courseId, studentId, 0, cancellationToken);
    }

    /// <summary>Removes a claim and optionally releases its seat.</summary>
    /// <returns>False when the claim had timed out and the seats of its course were recounted.</returns>
    internal async Task<bool> SettleAsync(ObjectId courseId, SeatClaim claim, bool releasesSeat)
    {
        var update = Update.PullFilter(course => course.SeatClaims, pending => pending.Id == claim.Id).Inc(course => course.SeatVersion, 1);
        if (releasesSeat)
            update = update.Inc(course => course.ActiveEnrollments, -1);
        var filter = new BsonDocument { { CourseFields.Id, courseId }, { ClaimId, claim.Id } };
        // Not the request's token: the change must be completed even if the client disconnects.
        return (await _courses.UpdateOneAsync(filter, update, cancellationToken: CancellationToken.None)).MatchedCount == 1;
    }

    /// <summary>
    /// Recounts a course's used seats and removes claims that timed out. Writes only if no seat changed during the count. Skips a course
    /// with other claims, which are changes in progress, until the next run. A deleted course keeps its count until it is restored.
    /// </summary>
    /// <returns>True when the course was corrected.</returns>
    public async Task<bool> RecountAsync(ObjectId courseId, CancellationToken cancellationToken)
    {
        var course = await _courses.Find(new BsonDocument(CourseFields.Id, courseId)).FirstOrDefaultAsync(cancellationToken);
        if (course is null or { DeletedAt: not null } || course.SeatClaims.Any(claim => !HasTimedOut(claim)))
            return false;
        var used = await _enrollments.CountDocumentsAsync(Seated(courseId), cancellationToken: cancellationToken);
        if (used == course.ActiveEnrollments && course.SeatClaims.Count == 0)
            return false;
        var unchanged = new BsonDocument { { CourseFields.Id, courseId }, { CourseFields.SeatVersion, course.SeatVersion } };
        var update = Update
            .Set(stored => stored.ActiveEnrollments, (int)used)
            .Set(stored => stored.SeatClaims, [])
            .Inc(stored => stored.SeatVersion, 1);
        return (await _courses.UpdateOneAsync(unchanged, update, cancellationToken: cancellationToken)).ModifiedCount == 1;
    }

    /// <summary>Recounts the courses that have claims or whose count differs from their enrollments. Called by a scheduled job.</summary>
    /// <returns>The number of corrected courses.</returns>
    public async Task<int> RepairAsync(CancellationToken cancellationToken)
    {
        var repaired = 0;
        using var courses = await _courses
            .Find(new BsonDocument(CourseFields.DeletedAt, BsonNull.Value))
            .Project(course => course.Id)
            .ToCursorAsync(cancellationToken);
        while (await courses.MoveNextAsync(cancellationToken))
        {
            foreach (var id in courses.Current)
            {
                if (await RecountAsync(id, cancellationToken))
                    repaired++;
            }
        }
        return repaired;
    }

    /// <summary>Returns true when more seats are used than the course has.</summary>
    internal async Task<bool> IsOverbookedAsync(ObjectId courseId) =>
        await _courses.Find(new BsonDocument(CourseFields.Id, courseId)).FirstOrDefaultAsync(CancellationToken.None) is { } course
        && course.ActiveEnrollments > (course.Capacity ?? int.MaxValue);

    /// <summary>Returns a filter for the enrollments that use a seat. Uses the index <c>courseId_status_enrolledAt_id</c>.</summary>
    internal static BsonDocument Seated(ObjectId courseId) =>
        new()
        {
            { EnrollmentFields.CourseId, courseId },
            {
                EnrollmentFields.Status,
                new BsonDocument("$in", new BsonArray { EnrollmentFields.Active, nameof(EnrollmentStatus.Completed) })
            },
            { EnrollmentFields.DeletedAt, BsonNull.Value },
        };

    private async Task<WriteResult<SeatClaim>> ClaimAsync(
        BsonDocument filter,
        ObjectId courseId,
        ObjectId studentId,
        int seats,
        CancellationToken cancellationToken
    )
    {
        var claim = new SeatClaim(ObjectId.GenerateNewId(), studentId, time.Now());
        var update = Update.Push(course => course.SeatClaims, claim).Inc(course => course.SeatVersion, 1);
        if (seats != 0)
            update = update.Inc(course => course.ActiveEnrollments, seats);
        for (var mayRepair = true; ; mayRepair = false)
        {
            if ((await _courses.UpdateOneAsync(filter, update, cancellationToken: cancellationToken)).MatchedCount == 1)
                return claim;
            if (await _courses.Find(CourseFields.Live(courseId)).FirstOrDefaultAsync(cancellationToken) is not { } course)
                return WriteStatus.NotFound;
            if (course.ArchivedAt is not null)
                return WriteStatus.ReadOnly;
            if (mayRepair && course.SeatClaims.Any(HasTimedOut) && await RecountAsync(courseId, cancellationToken))
                continue;
            if (course.SeatClaims.Any(pending => pending.StudentId == studentId))
                return WriteStatus.Duplicate;
            return course.SeatClaims.Count > 0 || course.ActiveEnrollments < (course.Capacity ?? int.MaxValue)
                ? WriteStatus.Stale
                : WriteStatus.Full;
        }
    }

    private bool HasTimedOut(SeatClaim claim) => claim.At < time.GetUtcNow() - ClaimTimeout;
}
