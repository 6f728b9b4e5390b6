using MongoDB.Bson;
using MovieLms.Data.Assignments;
using MovieLms.Data.Courses;
using MovieLms.Data.Submissions;

namespace MovieLms.Data.Tests.Storage;

/// <summary>The queries of assignments and submissions, each served by the index declared for it.</summary>
public sealed class AssignmentIndexTests(AssignmentIndexTests.Filled filled) : IClassFixture<AssignmentIndexTests.Filled>
{
    public sealed class Filled : IAsyncLifetime
    {
        public DataFixture Data { get; } = new();

        public AssignmentDocument Assignment { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            await Data.InitializeAsync();
            var access = new CourseAccess(ObjectId.GenerateNewId(), false);
            var course = await Data.Get<CourseStore>().CreateAsync(access.UserId, new CourseDetails("Course", null, 0, "EUR", null, CourseStatus.Published), default);
            for (var i = 0; i < 60; i++) Assignment = (await Data.Get<AssignmentStore>().CreateAsync(course.Id, access, new AssignmentDetails($"A{i}", null, null), default)).Value!;
            for (var i = 0; i < 60; i++) await Data.Get<SubmissionStore>().SubmitAsync(Assignment, ObjectId.GenerateNewId(), "text", null, default);
        }

        public ValueTask DisposeAsync() => Data.DisposeAsync();
    }

    public static TheoryData<string, string, int> Queries() => new()
    {
        { "assignment by id", "_id_", 1 },
        { "list assignments", "courseId_createdAt_id", 21 },
        { "submission by id", "_id_", 1 },
        { "list submissions", "assignmentId_createdAt_id", 21 },
        { "own submission", "assignmentId_studentId_unique", 1 },
        { "submit", "assignmentId_studentId_unique", 1 },
    };

    [Theory]
    [MemberData(nameof(Queries))]
    public Task Query_is_served_by_its_index(string query, string index, int most) => QueryPlans.AssertServedAsync(
        filled.Data, () => RunAsync(query), index, most, query.StartsWith("list", StringComparison.Ordinal));

    private Task RunAsync(string query)
    {
        var (assignments, submissions, assignment) = (filled.Data.Get<AssignmentStore>(), filled.Data.Get<SubmissionStore>(), filled.Assignment);
        return query switch
        {
            "assignment by id" => assignments.GetAsync(assignment.Id, default),
            "list assignments" => assignments.ListAsync(assignment.CourseId, null, 20, default),
            "submission by id" => submissions.GetAsync(ObjectId.GenerateNewId(), default),
            "list submissions" => submissions.ListAsync(assignment.Id, null, null, 20, default),
            "own submission" => submissions.ListAsync(assignment.Id, ObjectId.GenerateNewId(), null, 20, default),
            _ => submissions.SubmitAsync(assignment, ObjectId.GenerateNewId(), "text", null, default),
        };
    }
}
