using System.Text;
using MongoDB.Bson;
using MovieLms.Application.Cascades;
using MovieLms.Data.Assignments;
using MovieLms.Data.Courses;
using MovieLms.Data.Identity;
using MovieLms.Data.Imports;
using MovieLms.Data.Submissions;

namespace MovieLms.Worker.Tests.Imports;

public sealed class GradeImportTests : IAsyncLifetime
{
    private static readonly ObjectId Teacher = ObjectId.GenerateNewId();
    private ImportFixture _fixture = null!;
    private AssignmentDocument _assignment = null!;

    private SubmissionStore Submissions => _fixture.Get<SubmissionStore>();

    public async ValueTask InitializeAsync()
    {
        _fixture = await ImportFixture.StartAsync();
        var course = await _fixture
            .Get<CourseStore>()
            .CreateAsync(Teacher, new CourseDetails("Editing", null, 0, "EUR", null, CourseStatus.Published), default);
        _assignment = (
            await _fixture
                .Get<AssignmentStore>()
                .CreateAsync(course.Id, new CourseAccess(Teacher, CourseScope.Owned), new AssignmentDetails("A scene", null, null), default)
        ).Value!;
    }

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task Rows_grade_submissions_record_the_change_and_notify_the_students()
    {
        var (one, two) = (await SubmitAsync("one@example.test"), await SubmitAsync("two@example.test"));
        await Submissions.GradeAsync(two.Id, 40, "By hand", Teacher, null, default);
        var import = await RunAsync("Name;E-Mail;Points;Comment\nOne; ONE@Example.test;87.5;Well cut\nTwo;two@example.test;55;\n");
        Assert.Equal((ImportState.Completed, 2, 0), (import.State, import.Succeeded, import.Failed));
        var (first, second) = (await FindAsync(one.Id), await FindAsync(two.Id));
        Assert.Equal((87.5, "Well cut", Teacher), (first.Grade, first.Feedback, first.GradedBy));
        Assert.Equal(((double?)null, 87.5, Teacher, import.Id, 1L), Change(Assert.Single(first.GradeChanges)));
        Assert.Equal((55, "By hand"), (second.Grade, second.Feedback));
        Assert.Equal((40, 55, Teacher, import.Id, 2L), Change(second.GradeChanges[^1]));
        Assert.Equal(1, await CountNotificationsAsync(one.StudentId));

        static (double?, double, ObjectId, ObjectId?, long?) Change(GradeChange change) =>
            (change.From, change.To, change.By, change.ImportId, change.ImportRow);
    }

    [Fact]
    public async Task Grades_are_not_stored_after_the_course_changed_its_owner()
    {
        var work = await SubmitAsync("moved@example.test");
        Assert.NotNull(
            (await _fixture.Get<CourseStore>().TransferAsync(_assignment.CourseId, ObjectId.GenerateNewId(), null, default)).Value
        );
        var import = await RunAsync("email,grade\nmoved@example.test,70\n");
        Assert.Equal((ImportState.Failed, 0), (import.State, import.Succeeded));
        Assert.Contains("no longer manages the course", import.Reason, StringComparison.Ordinal);
        Assert.Null((await FindAsync(work.Id)).Grade);
    }

    [Fact]
    public async Task Importing_the_same_file_again_changes_nothing_and_notifies_no_student()
    {
        var work = await SubmitAsync("again@example.test");
        const string File = "email,grade,feedback\nagain@example.test,70,Good\n";
        var once = (await RunAsync(File), await FindAsync(work.Id)).Item2;
        var import = await RunAsync(File);
        Assert.Equal((1, 0), (import.Succeeded, import.Failed));
        Assert.Equal(once.Version, (await FindAsync(work.Id)).Version);
        Assert.Equal(1, await CountNotificationsAsync(work.StudentId));
    }

    [Fact]
    public async Task A_row_that_is_stored_again_does_not_overwrite_a_manual_change()
    {
        var work = await SubmitAsync("hand@example.test");
        var import = await RunAsync("email,grade\nhand@example.test,70\n");
        await Submissions.GradeAsync(work.Id, 90, null, Teacher, null, default);
        // As a worker does that takes over a batch without knowing whether it was stored.
        var repeat = await Submissions.GradeImportedAsync(
            _assignment.Id,
            work.StudentId,
            70,
            null,
            Teacher,
            new GradeSource(import.Id, 1),
            default
        );
        Assert.Equal(90, repeat.Value!.Grade);
        Assert.Equal(2, (await FindAsync(work.Id)).GradeChanges.Count);
    }

    [Fact]
    public async Task The_later_of_two_rows_of_a_student_counts()
    {
        var work = await SubmitAsync("twice@example.test");
        var import = await RunAsync("email,grade\ntwice@example.test,10\ntwice@example.test,20\n");
        Assert.Equal((2, 20), (import.Succeeded, (await FindAsync(work.Id)).Grade));
    }

    [Fact]
    public async Task Hostile_rows_are_row_errors_and_store_no_grade()
    {
        var work = await SubmitAsync("victim@example.test");
        await UserAsync("idle@example.test");
        string[] bad =
        [
            "victim@example.test,101,",
            "victim@example.test,-1,",
            "victim@example.test,NaN,",
            "victim@example.test,Infinity,",
            "victim@example.test,1e999,",
            "victim@example.test,ten,",
            "victim@example.test,,",
            ",50,",
            "no address,50,",
            "{\"$ne\":null},50,",
            "nobody@example.test,50,",
            "idle@example.test,50,",
            $"victim@example.test,50,{new string('x', SubmissionLimits.Feedback + 1)}",
            "victim@example.test,50,bell\u0007",
            "=cmd|' /C calc'!A0,50,",
        ];
        var import = await RunAsync("email,grade,feedback\n" + string.Join('\n', bad) + "\n");
        Assert.Equal((ImportState.Completed, 0, bad.Length), (import.State, import.Succeeded, import.Failed));
        Assert.Equal(
            Enumerable.Range(2, bad.Length).Select(line => (long)line),
            (await _fixture.ErrorsAsync(import.Id)).Select(error => error.Line).Order()
        );
        Assert.Null((await FindAsync(work.Id)).Grade);
        Assert.Equal(0, await CountNotificationsAsync(work.StudentId));
    }

    [Fact]
    public async Task An_archived_or_deleted_assignment_is_not_graded()
    {
        var work = await SubmitAsync("late@example.test");
        var cascades = _fixture.Get<CascadeOperations>();
        await cascades.ArchiveAsync("assignment", _assignment.Id, Teacher, null, default);
        await AssertRejectedAsync("The assignment or its course is archived.");
        await cascades.DeleteAsync("assignment", _assignment.Id, Teacher, null, default);
        await AssertRejectedAsync("The assignment no longer exists.");
        await cascades.RestoreAsync("assignment", _assignment.Id, Teacher, default);
        await cascades.RestoreAsync("assignment", _assignment.Id, Teacher, default);
        Assert.Null((await FindAsync(work.Id)).Grade);

        async Task AssertRejectedAsync(string reason)
        {
            var import = await RunAsync("email,grade\nlate@example.test,50\n");
            Assert.Equal((0, 1), (import.Succeeded, import.Failed));
            Assert.Equal(reason, Assert.Single(Assert.Single(await _fixture.ErrorsAsync(import.Id)).Problems).Message);
        }
    }

    private async Task<SubmissionDocument> SubmitAsync(string email) =>
        (await Submissions.SubmitAsync(_assignment, await UserAsync(email), "Done", null, default)).Value!;

    private async Task<SubmissionDocument> FindAsync(ObjectId id) => (await Submissions.GetAsync(id, default))!;

    private Task<long> CountNotificationsAsync(ObjectId user) =>
        _fixture.Collection("notifications").CountDocumentsAsync(new BsonDocument { { "userId", user }, { "kind", "grade" } });

    private async Task<ObjectId> UserAsync(string email) =>
        (
            await _fixture
                .Get<UserStore>()
                .AddAsync(
                    new UserDocument
                    {
                        Username = "Student",
                        Email = email,
                        EmailNormalized = email,
                        Role = "student",
                    },
                    default
                )
        )!.Id;

    private async Task<ImportDocument> RunAsync(string text)
    {
        var id = await _fixture.QueueAsync(
            Encoding.UTF8.GetBytes(text),
            ImportFormat.Csv,
            Teacher,
            kind: ImportKind.Grades,
            subject: _assignment.Id
        );
        Assert.True(await _fixture.Processor.RunNextAsync(CancellationToken.None));
        return await _fixture.FindAsync(id);
    }
}
