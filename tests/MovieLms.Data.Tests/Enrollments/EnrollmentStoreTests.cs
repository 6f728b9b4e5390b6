using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Courses;
using MovieLms.Data.Enrollments;
using MovieLms.Data.Storage;
using MovieLms.Testing;

namespace MovieLms.Data.Tests.Enrollments;

/// <summary>Places of a course when many want them at once, and when a process dies between two writes.</summary>
public sealed class EnrollmentStoreTests(DataFixture data) : IClassFixture<DataFixture>
{
    private readonly EnrollmentStore _enrollments = data.Get<EnrollmentStore>();
    private readonly CourseSeats _seats = data.Get<CourseSeats>();
    private readonly CourseStore _courses = data.Get<CourseStore>();

    [Fact]
    public async Task A_hundred_students_race_for_ten_places_and_exactly_ten_get_one()
    {
        var course = await CourseAsync(10);
        var ends = await Task.WhenAll(
            Enumerable.Range(0, 100).Select(_ => _enrollments.EnrollAsync(course, ObjectId.GenerateNewId(), default))
        );
        Assert.Equal(10, ends.Count(end => end.Status == WriteStatus.Done));
        Assert.Equal(90, ends.Count(end => end.Status == WriteStatus.Full));
        await AssertTakenAsync(course, 10);
    }

    [Fact]
    public async Task A_student_who_enrols_a_hundred_times_at_once_is_enrolled_once_and_takes_nobody_elses_place()
    {
        var (course, student, other) = (await CourseAsync(2), ObjectId.GenerateNewId(), ObjectId.GenerateNewId());
        var others = Task.Run(() => _enrollments.EnrollAsync(course, other, default));
        var ends = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => _enrollments.EnrollAsync(course, student, default)));
        Assert.Equal(WriteStatus.Done, (await others).Status);
        Assert.Single(ends, end => end.Status == WriteStatus.Done);
        Assert.Equal(99, ends.Count(end => end.Status == WriteStatus.Duplicate));
        await AssertTakenAsync(course, 2);
    }

    [Fact]
    public async Task A_last_place_that_is_claimed_and_given_back_goes_to_whoever_asked_meanwhile()
    {
        var course = await CourseAsync(1);
        var (_, claim) = await _seats.TakeAsync(course, ObjectId.GenerateNewId(), default);
        var asked = _enrollments.EnrollAsync(course, ObjectId.GenerateNewId(), default);
        await Task.Delay(100);
        Assert.True(await _seats.SettleAsync(course, claim!, givesBack: true));
        Assert.Equal(WriteStatus.Done, (await asked).Status);
        await AssertTakenAsync(course, 1);
    }

    [Fact]
    public async Task Students_who_come_and_go_at_once_leave_an_exact_count()
    {
        var (course, students) = (await CourseAsync(5), Enumerable.Range(0, 12).Select(_ => ObjectId.GenerateNewId()).ToArray());
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 120),
            new ParallelOptions { MaxDegreeOfParallelism = 12 },
            async (i, token) =>
            {
                var student = students[i % students.Length];
                if ((await _enrollments.EnrollAsync(course, student, token)).Status != WriteStatus.Duplicate)
                    return;
                var standing = await _enrollments.FindAsync(course, student, token);
                await _enrollments.WithdrawAsync(standing!.Id, student, null, token);
            }
        );
        var active = 0;
        foreach (var student in students)
            active += await _enrollments.IsActiveAsync(course, student, default) ? 1 : 0;
        Assert.InRange(active, 0, 5);
        await AssertTakenAsync(course, active);
    }

    [Fact]
    public async Task Enrolling_again_after_withdrawal_makes_the_same_enrolment_active_without_its_grade()
    {
        var (course, student) = (await CourseAsync(1), ObjectId.GenerateNewId());
        var first = (await _enrollments.EnrollAsync(course, student, default)).Value!;
        Assert.Equal(70, (await _enrollments.ChangeAsync(first.Id, null, 70, null, default)).Value!.Grade);
        Assert.Equal(WriteStatus.NotFound, (await _enrollments.WithdrawAsync(first.Id, ObjectId.GenerateNewId(), null, default)).Status);
        Assert.Equal(WriteStatus.Stale, (await _enrollments.WithdrawAsync(first.Id, student, [1], default)).Status);
        Assert.Equal(EnrollmentStatus.Withdrawn, (await _enrollments.WithdrawAsync(first.Id, student, [2], default)).Value!.Status);
        await AssertTakenAsync(course, 0);
        Assert.Equal(WriteStatus.NotFound, (await _enrollments.ChangeAsync(first.Id, null, 80, null, default)).Status);
        var again = (await _enrollments.EnrollAsync(course, student, default)).Value!;
        Assert.Equal(
            (first.Id, EnrollmentStatus.Active, null, null, 4),
            (again.Id, again.Status, again.Grade, again.WithdrawnAt, again.Version)
        );
        await AssertTakenAsync(course, 1);
    }

    [Fact]
    public async Task What_a_crash_left_is_counted_anew_when_a_student_needs_the_place()
    {
        var course = await CourseAsync(2);
        var (before, after) = (ObjectId.GenerateNewId(), ObjectId.GenerateNewId());
        Assert.Equal(WriteStatus.Done, (await _enrollments.EnrollAsync(course, after, default)).Status);
        // One process died before it wrote the enrolment, another after it and before it settled.
        await LeaveClaimsAsync(course, TimeSpan.FromMinutes(2), before, after);
        await SetTakenAsync(course, 2);
        Assert.Equal(WriteStatus.Done, (await _enrollments.EnrollAsync(course, before, default)).Status);
        await AssertTakenAsync(course, 2);
        Assert.Equal(WriteStatus.Full, (await _enrollments.EnrollAsync(course, ObjectId.GenerateNewId(), default)).Status);
    }

    [Fact]
    public async Task The_repair_mends_stale_claims_and_wrong_counts_and_leaves_changes_under_way()
    {
        var (stale, wrong, running) = (await CourseAsync(9), await CourseAsync(9), await CourseAsync(9));
        await LeaveClaimsAsync(stale, TimeSpan.FromHours(1), ObjectId.GenerateNewId());
        await SetTakenAsync(stale, 1);
        await SetTakenAsync(wrong, 4);
        await LeaveClaimsAsync(running, TimeSpan.Zero, ObjectId.GenerateNewId());
        await SetTakenAsync(running, 1);
        Assert.InRange(await _seats.RepairAsync(default), 2, int.MaxValue);
        await AssertTakenAsync(stale, 0);
        await AssertTakenAsync(wrong, 0);
        Assert.Equal(1, (await _courses.GetAsync(running, default))!.ActiveEnrollments);
    }

    [Fact]
    public async Task A_course_that_is_archived_or_gone_takes_nobody()
    {
        var course = await CourseAsync(null);
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
    public async Task An_enrolment_that_is_archived_or_deleted_with_its_student_is_not_made_active()
    {
        var (course, student) = (await CourseAsync(null), ObjectId.GenerateNewId());
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
    public async Task A_capacity_below_the_places_taken_is_refused()
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

    private async Task<ObjectId> CourseAsync(int? capacity) =>
        (
            await _courses.CreateAsync(
                ObjectId.GenerateNewId(),
                new CourseDetails("Editing", null, 0, "EUR", capacity, CourseStatus.Published),
                default
            )
        ).Id;

    private async Task AssertTakenAsync(ObjectId course, int taken)
    {
        var stored = (await _courses.GetAsync(course, default))!;
        Assert.Equal(taken, stored.ActiveEnrollments);
        Assert.Empty(stored.SeatClaims);
        Assert.Equal(
            taken,
            await Documents("enrollments")
                .CountDocumentsAsync(new BsonDocument { { "courseId", course }, { "status", new BsonDocument("$ne", "Withdrawn") } })
        );
    }

    private Task LeaveClaimsAsync(ObjectId course, TimeSpan age, params ObjectId[] students) =>
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

    private Task SetTakenAsync(ObjectId course, int taken) => SetAsync(course, "activeEnrollments", taken);

    private Task SetAsync(ObjectId course, string field, BsonValue value) =>
        Documents("courses").UpdateOneAsync(new BsonDocument("_id", course), new BsonDocument("$set", new BsonDocument(field, value)));

    private static DateTime Now => TimeProvider.System.GetUtcNow().UtcDateTime;

    private IMongoCollection<BsonDocument> Documents(string name) => data.Database.GetCollection<BsonDocument>(name);
}
