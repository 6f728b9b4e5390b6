using MongoDB.Bson;
using MovieLms.Data.Announcements;
using MovieLms.Data.Chat;
using MovieLms.Data.Courses;
using MovieLms.Data.Dashboards;
using MovieLms.Data.Enrollments;
using MovieLms.Data.Gradebooks;
using MovieLms.Data.Identity;
using MovieLms.Data.Lectures;
using MovieLms.Data.Paging;
using MovieLms.Data.Students;
using MovieLms.Testing;

namespace MovieLms.Data.Tests.Storage;

/// <summary>Each query of courses and their lectures, enrollments and announcements uses the index declared for it.</summary>
public sealed class LearningIndexTests(LearningIndexTests.SeededData seeded) : IClassFixture<LearningIndexTests.SeededData>
{
    private static readonly CourseFilter All = new();
    private static readonly CourseAccess Admin = new(ObjectId.Empty, CourseScope.All);

    public sealed class SeededData : IAsyncLifetime
    {
        public DataFixture Data { get; } = new();

        public ObjectId Owner { get; } = ObjectId.GenerateNewId();

        public ObjectId Student { get; } = ObjectId.GenerateNewId();

        public List<CourseDocument> Courses { get; } = [];

        public LectureDocument Lecture { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            await Data.InitializeAsync();
            var courses = Data.Get<CourseStore>();
            for (var i = 0; i < 300; i++)
            {
                var owner = i % 10 == 0 ? Owner : ObjectId.GenerateNewId();
                Courses.Add(
                    await courses.CreateAsync(
                        owner,
                        new CourseDetails($"Course{i % 60} Part{i}", null, 0, "EUR", null, CourseStatus.Published),
                        default
                    )
                );
            }
            var (users, enrollments, attendance) = (Data.Get<UserStore>(), Data.Get<EnrollmentStore>(), Data.Get<AttendanceStore>());
            var access = new CourseAccess(Owner, CourseScope.Owned);
            Lecture = (
                await Data.Get<LectureStore>()
                    .CreateAsync(Courses[0].Id, access, new LectureDetails("One", null, null, null, null), default)
            ).Value!;
            for (var i = 0; i < 150; i++)
            {
                var user = await users.AddAsync(
                    new UserDocument
                    {
                        Username = $"Name{i % 30} Sur{i}",
                        Email = $"m{i}@example.test",
                        EmailNormalized = $"m{i}@example.test",
                        Role = "student",
                    },
                    default
                );
                await enrollments.EnrollAsync(Courses[i % 3].Id, user!.Id, default);
                await enrollments.EnrollAsync(Courses[i].Id, Student, default);
                await attendance.AttendAsync(Courses[0].Id, i % 3 == 0 ? Lecture.Id : ObjectId.GenerateNewId(), user.Id, default);
                await Data.Get<AnnouncementStore>().AddAsync(ObjectId.GenerateNewId(), Courses[i % 5].Id, Owner, "Title", "Text", default);
            }
        }

        public ValueTask DisposeAsync() => Data.DisposeAsync();
    }

    public static TheoryData<string, string, int> Queries() =>
        new()
        {
            { "course by ID", "_id_", 1 },
            { "visible course by ID", "_id_", 1 },
            { "list title", "titleKey_id", 30 },
            { "list -title", "titleKey_id", 30 },
            { "list createdAt", "createdAt_id", 30 },
            { "list -createdAt", "createdAt_id", 30 },
            { "list own", "ownerId_titleKey_id", 31 },
            { "list own -createdAt", "ownerId_createdAt_id", 31 },
            { "search", "words", 10 },
            { "titles", "_id_", 3 },
            { "lectures", "_id_", 1 },
            { "next lectures", "courseId_startsAt_id", 1 },
            { "reorder", "courseId_startsAt_id", 1 },
            { "attendance", "lectureId_attendedAt_id", 21 },
            { "attendance of a student", "lectureId_studentId_unique", 1 },
            { "enrollment of a student", "courseId_studentId_unique", 1 },
            { "list enrollments of a student", "studentId_enrolledAt_id", 21 },
            { "list enrollments of a course", "courseId_enrolledAt_id", 21 },
            { "list active enrollments of a course", "courseId_status_enrolledAt_id", 21 },
            { "students of a course", "courseId_status_enrolledAt_id", 60 },
            { "used seats", "courseId_status_enrolledAt_id", 60 },
            { "enrolled since", "courseId_studentId_unique", 2 },
            { "list announcements", "courseId_createdAt_id", 21 },
            { "announcement due", "dueAt", 1 },
            { "students by name", "role_nameWords", 10 },
            { "students by address", "role_emailNormalized", 1 },
            { "courses of a student", "studentId_enrolledAt_id", 150 },
            { "students of an owner", "courseId_studentId_unique", 210 },
            { "courses of an owner", "ownerId_titleKey_id", 31 },
            { "users by addresses", "email_unique", 2 },
            { "active users by ID", "_id_", 2 },
            { "own attendance", "lectureId_studentId_unique", 1 },
            { "list gradebook", "courseId_studentId_unique", 21 },
            { "gradebook totals", "courseId_grade", 0 },
            { "courses shared with others", "studentId_enrolledAt_id", 150 },
            { "people of shared courses", "courseId_studentId_unique", 320 },
        };

    [Theory]
    [MemberData(nameof(Queries))]
    public Task Query_uses_its_index(string query, string index, int maxDocs) =>
        QueryPlans.AssertServedAsync(
            seeded.Data,
            () => RunAsync(query),
            index,
            maxDocs,
            query.StartsWith("list", StringComparison.Ordinal),
            query switch
            {
                "reorder" or "used seats" or "students of an owner" or "gradebook totals" => 1,
                // After two queries, one of which needs a second batch.
                "people of shared courses" => 3,
                _ => 0,
            }
        );

    private Task RunAsync(string query)
    {
        var (courses, lists, course) = (Get<CourseStore>(), Get<CourseLists>(), seeded.Courses[0]);
        var seen = new CourseAccess(seeded.Student, CourseScope.Owned);
        return query switch
        {
            "course by ID" => courses.GetAsync(course.Id, default),
            "visible course by ID" => courses.GetVisibleAsync(course.Id, seen, default),
            "list own" => lists.ListAsync(All with { OwnerId = seeded.Owner }, seen, "title", null, 20, default),
            "list own -createdAt" => lists.ListAsync(All with { OwnerId = seeded.Owner }, Admin, "-createdAt", null, 20, default),
            "search" => lists.ListAsync(All with { Search = "course17 part" }, seen, "title", null, 20, default),
            "titles" => courses.GetTitlesAsync([.. seeded.Courses.Take(3).Select(one => one.Id)], default),
            "lectures" => Get<LectureLists>().ListAsync(course with { LectureOrder = [seeded.Lecture.Id] }, null, 20, default),
            "next lectures" => Get<DashboardQueries>()
                .ListUpcomingLecturesAsync([course.Id, seeded.Courses[1].Id], DateTimeOffset.UnixEpoch, 10, default),
            "reorder" => Get<LectureStore>().ReorderAsync(course.Id, Admin, [seeded.Lecture.Id], default),
            "attendance" => Get<AttendanceStore>().ListAsync(seeded.Lecture.Id, null, 20, default),
            "attendance of a student" => FindAttendanceAsync(),
            "enrollment of a student" => Get<EnrollmentStore>().FindAsync(course.Id, seeded.Student, default),
            "list enrollments of a student" => EnrollmentsAsync(new EnrollmentFilter(StudentId: seeded.Student)),
            "list enrollments of a course" => EnrollmentsAsync(new EnrollmentFilter(CourseId: course.Id)),
            "list active enrollments of a course" => EnrollmentsAsync(
                new EnrollmentFilter(CourseId: course.Id, Status: EnrollmentStatus.Active)
            ),
            "students of a course" => StudentsAsync(),
            "used seats" => Get<CourseSeats>().RecountAsync(course.Id, default),
            "enrolled since" => Get<EnrollmentLists>()
                .ListEnrolledSinceAsync(course.Id, [seeded.Student, ObjectId.GenerateNewId()], DateTimeOffset.UnixEpoch, default),
            "list announcements" => Get<AnnouncementStore>().ListAsync(course.Id, null, 20, default),
            "announcement due" => Get<AnnouncementStore>().ClaimDueAsync(default),
            "students by name" => Get<StudentLists>().ListAsync("name17 sur", false, null, 20, default),
            "students by address" => Get<StudentLists>().ListAsync("m17@", false, null, 20, default),
            "students of an owner" or "courses of an owner" => Get<TaughtStudents>()
                .ListAsync(seeded.Owner, null, false, null, 20, default),
            "courses of a student" => Get<StudentLists>().ListCoursesAsync(seeded.Student, null, default),
            "users by addresses" => Get<UserStore>().GetIdsByEmailAsync(["m1@example.test", "m2@example.test"], default),
            "active users by ID" => Get<UserStore>().GetActiveIdsAsync([seeded.Student, seeded.Owner], default),
            "own attendance" => Get<AttendanceStore>().FindAsync(seeded.Lecture.Id, seeded.Student, default),
            "list gradebook" => Get<GradebookReader>().ListAsync(course.Id, new GradebookColumns([], 0), null, 20, default),
            "gradebook totals" => Get<GradebookReader>().GetTotalsAsync(course.Id, default),
            "courses shared with others" or "people of shared courses" => Get<PeopleLists>()
                .ListAsync(new CourseAccess(seeded.Student, CourseScope.Owned), null, null, 20, default),
            _ => lists.ListAsync(
                All,
                seen,
                query["list ".Length..],
                new PageCursor(query["list ".Length..], Key(query), ObjectId.GenerateNewId()),
                20,
                default
            ),
        };
    }

    private static BsonValue Key(string query) =>
        query.EndsWith("title", StringComparison.Ordinal)
            ? "course3 part"
            : new BsonDateTime(TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(query.Contains('-') ? 1 : -9));

    private Task EnrollmentsAsync(EnrollmentFilter filter) => Get<EnrollmentLists>().ListAsync(filter, null, 20, default);

    private Task FindAttendanceAsync() =>
        seeded
            .Data.Database.GetCollection<BsonDocument>("attendance")
            .FindAsync<BsonDocument>(new BsonDocument { { "lectureId", seeded.Lecture.Id }, { "studentId", ObjectId.GenerateNewId() } });

    private async Task StudentsAsync()
    {
        await foreach (var batch in Get<EnrollmentLists>().ListStudentsAsync(seeded.Courses[0].Id, 500, default))
            Assert.NotEmpty(batch);
    }

    private T Get<T>()
        where T : notnull => seeded.Data.Get<T>();
}
