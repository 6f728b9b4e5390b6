using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Courses;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Enrollments;

/// <summary>
/// The places of a course, counted on the course so that one conditional write takes one. Each change leaves a claim there from
/// before the enrolment is written until after it: a claim that stays is what a crash left, and <see cref="RecountAsync"/> puts
/// the count right. A student has one claim at a time, so that their own parallel requests take no place from others.
/// </summary>
public sealed class CourseSeats(IMongoDatabase database, TimeProvider time)
{
    /// <summary>A claim as old as this belongs to nobody who still runs.</summary>
    internal static readonly TimeSpan Stale = TimeSpan.FromMinutes(1);

    private const string ClaimStudent = CourseFields.SeatClaims + ".studentId";
    private const string ClaimId = CourseFields.SeatClaims + "._id";
    private static readonly UpdateDefinitionBuilder<CourseDocument> Update = Builders<CourseDocument>.Update;
    private readonly IMongoCollection<CourseDocument> _courses = database.GetCollection<CourseDocument>(CollectionNames.Courses);
    private readonly IMongoCollection<EnrollmentDocument> _enrollments = database.GetCollection<EnrollmentDocument>(
        CollectionNames.Enrollments
    );

    /// <summary>Takes a place for a student.</summary>
    /// <returns>
    /// A claim to settle; or NotFound, ReadOnly, Full, Duplicate when another change of this student's place is under way, or Stale
    /// when others' changes are: the place they hold may be given back.
    /// </returns>
    internal async Task<WriteResult<SeatClaim>> TakeAsync(ObjectId courseId, ObjectId studentId, CancellationToken cancellationToken)
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

    /// <summary>Announces that a student is about to leave; the place is given back when the claim is settled.</summary>
    internal async Task<WriteResult<SeatClaim>> LeaveAsync(ObjectId courseId, ObjectId studentId, CancellationToken cancellationToken)
    {
        var filter = CourseFields.Open(courseId);
        filter.Add(ClaimStudent, new BsonDocument("$ne", studentId));
        return await ClaimAsync(filter, courseId, studentId, 0, cancellationToken);
    }

    /// <summary>Ends a claim, with a place given back or not.</summary>
    /// <returns>False when the claim was taken for a crash's and its course counted anew.</returns>
    internal async Task<bool> SettleAsync(ObjectId courseId, SeatClaim claim, bool givesBack)
    {
        var update = Update.PullFilter(course => course.SeatClaims, held => held.Id == claim.Id).Inc(course => course.SeatVersion, 1);
        if (givesBack)
            update = update.Inc(course => course.ActiveEnrollments, -1);
        var filter = new BsonDocument { { CourseFields.Id, courseId }, { ClaimId, claim.Id } };
        // Not the request's token: what is half done is to be finished though the client has gone.
        return (await _courses.UpdateOneAsync(filter, update, cancellationToken: CancellationToken.None)).MatchedCount == 1;
    }

    /// <summary>
    /// Counts a course's places anew and drops stale claims. Written only if no place changed since it was counted; a fresh claim
    /// is a change under way, and leaves the course to the next run. A deleted course keeps its count for when it is restored.
    /// </summary>
    /// <returns>True when something was put right.</returns>
    public async Task<bool> RecountAsync(ObjectId courseId, CancellationToken cancellationToken)
    {
        var course = await _courses.Find(new BsonDocument(CourseFields.Id, courseId)).FirstOrDefaultAsync(cancellationToken);
        if (course is null or { DeletedAt: not null } || course.SeatClaims.Any(claim => !IsStale(claim)))
            return false;
        var taken = await _enrollments.CountDocumentsAsync(Seated(courseId), cancellationToken: cancellationToken);
        if (taken == course.ActiveEnrollments && course.SeatClaims.Count == 0)
            return false;
        var unchanged = new BsonDocument { { CourseFields.Id, courseId }, { CourseFields.SeatVersion, course.SeatVersion } };
        var update = Update
            .Set(held => held.ActiveEnrollments, (int)taken)
            .Set(held => held.SeatClaims, [])
            .Inc(held => held.SeatVersion, 1);
        return (await _courses.UpdateOneAsync(unchanged, update, cancellationToken: cancellationToken)).ModifiedCount == 1;
    }

    /// <summary>Counts every course anew whose places differ from its enrolments, or that has claims. For a scheduled job.</summary>
    /// <returns>How many courses were put right.</returns>
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

    /// <summary>True when more places are taken than there are.</summary>
    internal async Task<bool> IsOverbookedAsync(ObjectId courseId) =>
        await _courses.Find(new BsonDocument(CourseFields.Id, courseId)).FirstOrDefaultAsync(CancellationToken.None) is { } course
        && course.ActiveEnrollments > (course.Capacity ?? int.MaxValue);

    /// <summary>The enrolments that take a place. Uses the index <c>courseId_status_enrolledAt_id</c>.</summary>
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
        int places,
        CancellationToken cancellationToken
    )
    {
        var claim = new SeatClaim(ObjectId.GenerateNewId(), studentId, time.Now());
        var update = Update.Push(course => course.SeatClaims, claim).Inc(course => course.SeatVersion, 1);
        if (places != 0)
            update = update.Inc(course => course.ActiveEnrollments, places);
        for (var mayRepair = true; ; mayRepair = false)
        {
            if ((await _courses.UpdateOneAsync(filter, update, cancellationToken: cancellationToken)).MatchedCount == 1)
                return claim;
            if (await _courses.Find(CourseFields.Live(courseId)).FirstOrDefaultAsync(cancellationToken) is not { } course)
                return WriteStatus.NotFound;
            if (course.ArchivedAt is not null)
                return WriteStatus.ReadOnly;
            if (mayRepair && course.SeatClaims.Any(IsStale) && await RecountAsync(courseId, cancellationToken))
                continue;
            if (course.SeatClaims.Any(held => held.StudentId == studentId))
                return WriteStatus.Duplicate;
            return course.SeatClaims.Count > 0 || course.ActiveEnrollments < (course.Capacity ?? int.MaxValue)
                ? WriteStatus.Stale
                : WriteStatus.Full;
        }
    }

    private bool IsStale(SeatClaim claim) => claim.At < time.GetUtcNow() - Stale;
}
