using MongoDB.Bson;
using MovieLms.Data.Assignments;
using MovieLms.Data.Courses;
using MovieLms.Data.Dashboards;
using MovieLms.Data.Imports;
using MovieLms.Data.Submissions;
using MovieLms.Testing;

namespace MovieLms.Data.Tests.Storage;

/// <summary>Each query of assignments and submissions uses the index declared for it.</summary>
public sealed class AssignmentIndexTests(AssignmentIndexTests.SeededData seeded) : IClassFixture<AssignmentIndexTests.SeededData>
{
    public sealed class SeededData : IAsyncLifetime
    {
        public DataFixture Data { get; } = new();

        public ObjectId Student { get; } = ObjectId.GenerateNewId();

        public AssignmentDocument Assignment { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            await Data.InitializeAsync();
            var access = new CourseAccess(ObjectId.GenerateNewId(), CourseScope.Owned);
            var course = await Data.Get<CourseStore>()
                .CreateAsync(access.UserId, new CourseDetails("Course", null, 0, "EUR", null, CourseStatus.Published), default);
            var submissions = Data.Get<SubmissionStore>();
            for (var i = 0; i < 60; i++)
            {
                var details = new AssignmentDetails($"A{i}", null, i % 2 == 0 ? null : DateTimeOffset.UnixEpoch.AddDays(i));
                Assignment = (await Data.Get<AssignmentStore>().CreateAsync(course.Id, access, details, default)).Value!;
                if (i % 2 == 0)
                    continue;
                var own = (await submissions.SubmitAsync(Assignment, Student, "text", null, default)).Value!;
                if (i % 3 == 0)
                    await submissions.GradeAsync(own.Id, i, null, access.UserId, null, default);
            }
            for (var i = 0; i < 60; i++)
            {
                (ObjectId Id, string Name, long Size)? file = i % 20 == 0 ? (ObjectId.GenerateNewId(), "a", 1) : null;
                if (file is { } stored)
                    await Data.Get<UploadStore>().ReplaceAsync(stored.Id, "a", [1], default);
                await submissions.SubmitAsync(Assignment, ObjectId.GenerateNewId(), "text", file, default);
            }
        }

        public ValueTask DisposeAsync() => Data.DisposeAsync();
    }

    public static TheoryData<string, string, int> Queries() =>
        new()
        {
            { "assignment by ID", "_id_", 1 },
            { "list assignments", "courseId_createdAt_id", 21 },
            { "submission by ID", "_id_", 1 },
            { "list submissions", "assignmentId_createdAt_id", 21 },
            { "list ungraded and late submissions", "assignmentId_createdAt_id", 62 },
            { "own submission", "assignmentId_studentId_unique", 1 },
            { "submitted", "studentId_gradedAt", 30 },
            { "graded", "studentId_gradedAt", 10 },
            { "due", "courseId_dueAt_id", 30 },
            { "ungraded", "courseId_grade", 80 },
            { "grade from an import row", "assignmentId_studentId_unique", 1 },
            { "submit", "assignmentId_studentId_unique", 1 },
            { "orphans: chunks", "files_id_1_n_1", 3 },
            { "orphans: imports by file", "_id_", 3 },
            { "orphans: imports by report", "reportId_1", 3 },
            { "orphans: submissions", "current.fileId_1", 3 },
            { "orphans: history", "history.fileId_1", 3 },
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
            Array.IndexOf(Orphans, query) is >= 0 and var command ? command : 0
        );

    /// <summary>The queries of the file sweep, in the order in which they are sent.</summary>
    private static readonly string[] Orphans =
    [
        "orphans: chunks",
        "orphans: imports by file",
        "orphans: imports by report",
        "orphans: submissions",
        "orphans: history",
    ];

    private DashboardQueries Dashboard => seeded.Data.Get<DashboardQueries>();

    private Task RunAsync(string query)
    {
        var (assignments, submissions, assignment) = (
            seeded.Data.Get<AssignmentStore>(),
            seeded.Data.Get<SubmissionStore>(),
            seeded.Assignment
        );
        return query switch
        {
            "assignment by ID" => assignments.GetAsync(assignment.Id, default),
            "list assignments" => assignments.ListAsync(assignment.CourseId, false, null, 20, default),
            "submission by ID" => submissions.GetAsync(ObjectId.GenerateNewId(), default),
            "list submissions" => submissions.ListAsync(assignment.Id, default, null, 20, default),
            "list ungraded and late submissions" => submissions.ListAsync(
                assignment.Id,
                new SubmissionFilter(IsGraded: false, IsLate: true),
                null,
                20,
                default
            ),
            "own submission" => submissions.ListAsync(assignment.Id, new SubmissionFilter(ObjectId.GenerateNewId()), null, 20, default),
            "submitted" => Dashboard.ListSubmittedAsync(seeded.Student, default),
            "graded" => Dashboard.ListGradedAsync(seeded.Student, 10, default),
            "due" => Dashboard.ListDueAsync(
                [assignment.CourseId, ObjectId.GenerateNewId()],
                [assignment.Id],
                DateTimeOffset.UnixEpoch.AddDays(30),
                10,
                default
            ),
            "ungraded" => Dashboard.CountUngradedAsync([assignment.CourseId], 10, default),
            "grade from an import row" => submissions.GradeImportedAsync(
                assignment.Id,
                ObjectId.GenerateNewId(),
                1,
                null,
                assignment.Id,
                new GradeSource(assignment.Id, 1),
                default
            ),
            // No file is that old, so the sweep removes nothing.
            _ when query.StartsWith("orphans", StringComparison.Ordinal) => seeded
                .Data.Get<OrphanedFiles>()
                .SweepAsync(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, default),
            // The student has already submitted it. A new submission would add one to the ungraded ones.
            _ => submissions.SubmitAsync(assignment, seeded.Student, "text", null, default),
        };
    }
}
