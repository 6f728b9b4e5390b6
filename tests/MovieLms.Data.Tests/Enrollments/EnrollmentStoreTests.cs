using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Courses;
using MovieLms.Data.Enrollments;
using MovieLms.Data.Storage;
using MovieLms.Testing;

namespace MovieLms.Data.Tests.Enrollments;

/// <summary>Seats of a course under concurrent requests, and after a process dies between two writes.</summary>
public sealed class EnrollmentStoreTests(DataFixture data) : IClassFixture<DataFixture>
{
    private readonly EnrollmentStore _enrollments = data.Get<EnrollmentStore>();
    private readonly CourseSeats _seats = data.Get<CourseSeats>();
    private readonly CourseStore _courses = data.Get<CourseStore>();

    [Fact]
    public async Task Only_ten_of_a_hundred_concurrent_students_get_one_of_ten_seats()
    {
        var course = await CreateCourseAsync(10);
        var results = await Task.WhenAll(
            Enumerable.Range(0, 100).Select(_ => _enrollments.EnrollAsync(course, ObjectId.GenerateNewId(), default))
        );
        Assert.Equal(10, results.Count(result => result.Status == WriteStatus.Done));
        Assert.Equal(90, results.Count(result => result.Status == WriteStatus.Full));
        await AssertUsedSeatsAsync(course, 10);
    }

    [Fact]
    public async Task A_student_who_sends_a_hundred_concurrent_requests_is_enrolled_once_and_uses_one_seat()
    {
        var (course, student, other) = (await CreateCourseAsync(2), ObjectId.GenerateNewId(), ObjectId.GenerateNewId());
        var others = Task.Run(() => _enrollments.EnrollAsync(course, other, default));
        var results = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => _enrollments.EnrollAsync(course, student, default)));
        Assert.Equal(WriteStatus.Done, (await others).Status);
        Assert.Single(results, result => result.Status == WriteStatus.Done);
        Assert.Equal(99, results.Count(result => result.Status == WriteStatus.Duplicate));
        await AssertUsedSeatsAsync(course, 2);
    }

    [Fact]
    public async Task A_released_last_seat_goes_to_a_waiting_request()
    {
        var course = await CreateCourseAsync(1);
        var (_, claim) = await _seats.ReserveAsync(course, ObjectId.GenerateNewId(), default);
        var waiting = _enrollments.EnrollAsync(course, ObjectId.GenerateNewId(), default);
        await Task.Delay(100);
        Assert.True(await _seats.SettleAsync(course, claim!, releasesSeat: true));
        Assert.Equal(WriteStatus.Done, (await waiting).Status);
        await AssertUsedSeatsAsync(course, 1);
    }

    [Fact]
    public async Task The_seat_count_is_exact_after_concurrent_enrollments_and_withdrawals()
    {
        var (course, students) = (await CreateCourseAsync(5), Enumerable.Range(0, 12).Select(_ => ObjectId.GenerateNewId()).ToArray());
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 120),
            new ParallelOptions { MaxDegreeOfParallelism = 12 },
            async (i, token) =>
            {
                var student = students[i % students.Length];
                if ((await _enrollments.EnrollAsync(course, student, token)).Status != WriteStatus.Duplicate)
                    return;
                var enrollment = await _enrollments.FindAsync(course, student, token);
                await _enrollments.WithdrawAsync(enrollment!.Id, student, null, token);
            }
        );
        var active = 0;
        foreach (var student in students)
            active += await _enrollments.IsActiveAsync(course, student, default) ? 1 : 0;
        Assert.InRange(active, 0, 5);
        await AssertUsedSeatsAsync(course, active);
    }

    [Fact]
    public async Task Enrolling_again_after_a_withdrawal_reactivates_the_same_enrollment_without_its_grade()
    {
        var (course, student) = (await CreateCourseAsync(1), ObjectId.GenerateNewId());
        var first = (await _enrollments.EnrollAsync(course, student, default)).Value!;
        Assert.Equal(70, (await _enrollments.ChangeAsync(first.Id, null, 70, null, default)).Value!.Grade);
        Assert.Equal(WriteStatus.NotFound, (await _enrollments.WithdrawAsync(first.Id, ObjectId.GenerateNewId(), null, default)).Status);
        Assert.Equal(WriteStatus.Stale, (await _enrollments.WithdrawAsync(first.Id, student, [1], default)).Status);
        Assert.Equal(EnrollmentStatus.Withdrawn, (await _enrollments.WithdrawAsync(first.Id, student, [2], default)).Value!.Status);
        await AssertUsedSeatsAsync(course, 0);
        Assert.Equal(WriteStatus.NotFound, (await _enrollments.ChangeAsync(first.Id, null, 80, null, default)).Status);
        var again = (await _enrollments.EnrollAsync(course, student, default)).Value!;
        Assert.Equal(
            (first.Id, EnrollmentStatus.Active, null, null, 4),
            (again.Id, again.Status, again.Grade, again.WithdrawnAt, again.Version)
        );
        await AssertUsedSeatsAsync(course, 1);
    }

    [Fact]
    public async Task A_course_is_recounted_after_a_crash_when_a_student_needs_a_seat()
    {
        var course = await CreateCourseAsync(2);
        var (before, after) = (ObjectId.GenerateNewId(), ObjectId.GenerateNewId());
        Assert.Equal(WriteStatus.Done, (await _enrollments.EnrollAsync(course, after, default)).Status);
        // One process died before it wrote the enrollment, another after the write but before it settled its claim.
        await AddClaimsAsync(course, TimeSpan.FromMinutes(2), before, after);
        await SetUsedSeatsAsync(course, 2);
        Assert.Equal(WriteStatus.Done, (await _enrollments.EnrollAsync(course, before, default)).Status);
        await AssertUsedSeatsAsync(course, 2);
        Assert.Equal(WriteStatus.Full, (await _enrollments.EnrollAsync(course, ObjectId.GenerateNewId(), default)).Status);
    }

    [Fact]
    public async Task The_repair_corrects_stale_claims_and_wrong_counts_but_not_changes_in_progress()
    {
        var (stale, wrong, running) = (await CreateCourseAsync(9), await CreateCourseAsync(9), await CreateCourseAsync(9));
        await AddClaimsAsync(stale, TimeSpan.FromHours(1), ObjectId.GenerateNewId());
        await SetUsedSeatsAsync(stale, 1);
        await SetUsedSeatsAsync(wrong, 4);
        await AddClaimsAsync(running, TimeSpan.Zero, ObjectId.GenerateNewId());
        await SetUsedSeatsAsync(running, 1);
        Assert.InRange(await _seats.RepairAsync(default), 2, int.MaxValue);
        await AssertUsedSeatsAsync(stale, 0);
        await AssertUsedSeatsAsync(wrong, 0);
        Assert.Equal(1, (await _courses.GetAsync(running, default))!.ActiveEnrollments);
    }

    [Fact]
    public async Task An_archived_or_deleted_course_rejects_enrollments()
    {
        var course = await CreateCourseAsync(null);
        var enrolled = (await _enrollments.EnrollAsync(course, ObjectId.GenerateNewId(), default)).Value!;
        await SetAsync(course, "archivedAt", Now);
        Assert.Equal(WriteStatus.ReadOnly, (await _enrollments.EnrollAsync(course, ObjectId.GenerateNewId(), default)).Status);
        Assert.Equal(WriteStatus.ReadOnly, (await _enrollments.WithdrawAsync(enrolled.Id, null, null, default)).Status);
        await SetAsync(course, "deletedAt", Now);
        Assert.Equal(WriteStatus.NotFound, (await _enrollments.EnrollAsync(course, ObjectId.GenerateNewId(), default)).Status);
        Assert.Equal(
            WriteStatus.NotFound,
            (await _enrollments.EnrollAsync(ObjectId.GenerateNewId(), ObjectId.GenerateNewId(), default)).Status
        );
    }

    [Fact]
    public async Task An_enrollment_archived_or_deleted_with_its_student_is_not_reactivated()
    {
        var (course, student) = (await CreateCourseAsync(null), ObjectId.GenerateNewId());
        var enrolled = (await _enrollments.EnrollAsync(course, student, default)).Value!;
        await _enrollments.WithdrawAsync(enrolled.Id, student, null, default);
        foreach (var (field, status) in new[] { ("archivedAt", WriteStatus.ReadOnly), ("deletedAt", WriteStatus.NotFound) })
        {
            await Documents("enrollments")
                .UpdateOneAsync(new BsonDocument("_id", enrolled.Id), new BsonDocument("$set", new BsonDocument(field, Now)));
            Assert.Equal(status, (await _enrollments.EnrollAsync(course, student, default)).Status);
        }
        Assert.Equal(0, (await _courses.GetAsync(course, default))!.ActiveEnrollments);
    }

    [Fact]
    public async Task A_capacity_below_the_number_of_used_seats_is_rejected()
    {
        var (owner, details) = (ObjectId.GenerateNewId(), new CourseDetails("Lighting", null, 0, "EUR", 3, CourseStatus.Published));
        var course = (await _courses.CreateAsync(owner, details, default)).Id;
        for (var i = 0; i < 2; i++)
            await _enrollments.EnrollAsync(course, ObjectId.GenerateNewId(), default);
        var access = new CourseAccess(owner, CourseScope.Owned);
        Assert.Equal(WriteStatus.Full, (await _courses.ReplaceAsync(course, access, details with { Capacity = 1 }, null, default)).Status);
        Assert.Equal(
            WriteStatus.NotFound,
            (
                await _courses.ReplaceAsync(course, new CourseAccess(ObjectId.GenerateNewId(), CourseScope.Owned), details, null, default)
            ).Status
        );
        Assert.Equal(2, (await _courses.ReplaceAsync(course, access, details with { Capacity = 2 }, [1], default)).Value!.Version);
        Assert.Equal(WriteStatus.Stale, (await _courses.ReplaceAsync(course, access, details, [1], default)).Status);
    }

    private async Task<ObjectId> CreateCourseAsync(int? capacity) =>
        (
            await _courses.CreateAsync(
                ObjectId.GenerateNewId(),
                new CourseDetails("Editing", null, 0, "EUR", capacity, CourseStatus.Published),
                default
            )
        ).Id;

    private async Task AssertUsedSeatsAsync(ObjectId course, int count)
    {
        var stored = (await _courses.GetAsync(course, default))!;
        Assert.Equal(count, stored.ActiveEnrollments);
        Assert.Empty(stored.SeatClaims);
        Assert.Equal(
            count,
            await Documents("enrollments")
                .CountDocumentsAsync(new BsonDocument { { "courseId", course }, { "status", new BsonDocument("$ne", "Withdrawn") } })
        );
    }

    private Task AddClaimsAsync(ObjectId course, TimeSpan age, params ObjectId[] students) =>
        SetAsync(
            course,
            "seatClaims",
            new BsonArray(
                students.Select(student => new BsonDocument
                {
                    { "_id", ObjectId.GenerateNewId() },
                    { "studentId", student },
                    { "at", Now - age },
                })
            )
        );

    private Task SetUsedSeatsAsync(ObjectId course, int count) => SetAsync(course, "activeEnrollments", count);

    private Task SetAsync(ObjectId course, string field, BsonValue value) =>
        Documents("courses").UpdateOneAsync(new BsonDocument("_id", course), new BsonDocument("$set", new BsonDocument(field, value)));

    private static DateTime Now => TimeProvider.System.GetUtcNow().UtcDateTime;

    private IMongoCollection<BsonDocument> Documents(string name) => data.Database.GetCollection<BsonDocument>(name);
}
