using Microsoft.Extensions.DependencyInjection;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Application.Cascades;
using MovieLms.Data.Announcements;
using MovieLms.Data.Assignments;
using MovieLms.Data.Cascades;
using MovieLms.Data.Chat;
using MovieLms.Data.Courses;
using MovieLms.Data.Enrollments;
using MovieLms.Data.Identity;
using MovieLms.Data.Imports;
using MovieLms.Data.Lectures;
using MovieLms.Data.Storage;
using MovieLms.Data.Submissions;
using MovieLms.Testing;

namespace MovieLms.Application.Tests.Cascades;

/// <summary>Cascades of a course that has documents in every dependent collection, next to a second course with the same content.</summary>
public sealed class CourseCascadeTests : IAsyncLifetime
{
    private static readonly ObjectId Teacher = ObjectId.GenerateNewId();
    private static readonly CourseAccess Access = new(Teacher, CourseScope.Owned);
    private readonly DataFixture _data = new()
    {
        Configure = services => services.AddSingleton(new CascadeOptions { ChunkSize = 2, SettleAfter = TimeSpan.Zero }),
    };

    /// <summary>The collections with documents of the course, and the field that references it.</summary>
    private static readonly (string Collection, string Field)[] Dependents =
    [
        (LectureEntity.Collection, "courseId"),
        (AttendanceEntity.Collection, "courseId"),
        (EnrollmentEntity.Collection, "courseId"),
        (AnnouncementEntity.Collection, "courseId"),
        (AssignmentEntity.Collection, "courseId"),
        (SubmissionEntity.Collection, "courseId"),
        (CourseEntity.Collection, "_id"),
    ];

    private CascadeOperations Cascades => _data.Get<CascadeOperations>();

    public ValueTask InitializeAsync() => _data.InitializeAsync();

    public ValueTask DisposeAsync() => _data.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Deleting_or_archiving_a_course_includes_its_documents_and_restoring_brings_back_identical_ones(bool archives)
    {
        var (course, other) = (await FillAsync("One"), await FillAsync("Two"));
        // Documents that were deleted separately stay deleted: a lecture, and an assignment with its submissions.
        var lecture = await FirstAsync(LectureEntity.Collection, course);
        await Cascades.DeleteAsync(LectureEntity.Name, lecture, Teacher, null, default);
        await Cascades.DeleteAsync(AssignmentEntity.Name, await FirstAsync(AssignmentEntity.Collection, course), Teacher, null, default);
        await FinishAsync();
        var before = await CascadeFixture.SnapshotAsync(_data.Database);

        Assert.Equal(
            WriteStatus.Done,
            archives
                ? await Cascades.ArchiveAsync(CourseEntity.Name, course, Teacher, null, default)
                : await Cascades.DeleteAsync(CourseEntity.Name, course, Teacher, null, default)
        );
        await FinishAsync();
        var mark = archives ? "archivedAt" : "deletedAt";
        foreach (var (collection, field) in Dependents)
        {
            var documents = await _data
                .Database.GetCollection<BsonDocument>(collection)
                .Find(new BsonDocument(field, course))
                .ToListAsync();
            Assert.NotEmpty(documents);
            Assert.All(
                documents,
                document => Assert.True(document.Contains(mark) || document.Contains("deletedAt"), $"{collection}: {document}")
            );
            var others = await _data.Database.GetCollection<BsonDocument>(collection).Find(new BsonDocument(field, other)).ToListAsync();
            Assert.NotEmpty(others);
            Assert.All(others, document => Assert.False(document.Contains(mark), collection));
        }
        Assert.NotEqual(before, await CascadeFixture.SnapshotAsync(_data.Database));

        Assert.Equal(WriteStatus.Done, await Cascades.RestoreAsync(CourseEntity.Name, course, Teacher, default));
        await FinishAsync();
        var after = await CascadeFixture.SnapshotAsync(_data.Database);
        Assert.Equal(before.Keys, after.Keys);
        Assert.Equal(before, after);
    }

    /// <summary>Creates a course with at least two documents in each collection, through the product's stores.</summary>
    private async Task<ObjectId> FillAsync(string title)
    {
        var course = (
            await _data
                .Get<CourseStore>()
                .CreateAsync(Teacher, new CourseDetails(title, null, 0, "EUR", 10, CourseStatus.Published), default)
        ).Id;
        var room = await _data.Get<RoomStore>().GetOrCreateAsync($"course:{course}", course, [], default);
        var students = new List<ObjectId>();
        for (var i = 0; i < 5; i++)
        {
            var email = $"{Guid.NewGuid():N}@example.test";
            var student = (
                await _data
                    .Get<UserStore>()
                    .AddAsync(
                        new UserDocument
                        {
                            Username = $"S{i}",
                            Email = email,
                            EmailNormalized = email,
                            Role = "student",
                        },
                        default
                    )
            )!.Id;
            students.Add(student);
            var enrollment = (await _data.Get<EnrollmentStore>().EnrollAsync(course, student, default)).Value!;
            if (i == 4)
                await _data.Get<EnrollmentStore>().WithdrawAsync(enrollment.Id, student, null, default);
            var messages = await _data
                .Get<ChatMessageStore>()
                .AppendAsync(room.Id, [new MessageDraft(student, $"S{i}", "Hello", Guid.NewGuid().ToString())], null, default);
            await _data.Get<RoomStore>().RecordLastMessageAsync(room.Id, messages[0].Sequence, messages[0].SentAt, default);
            await _data.Get<RoomStore>().MarkReadAsync(student, room.Id, messages[0].Sequence, default);
        }
        for (var i = 0; i < 3; i++)
        {
            var lecture = (
                await _data.Get<LectureStore>().CreateAsync(course, Access, new LectureDetails($"L{i}", null, null, null, 90), default)
            ).Value!;
            foreach (var student in students.Take(3))
                await _data.Get<AttendanceStore>().AttendAsync(course, lecture.Id, student, default);
            await _data.Get<AnnouncementStore>().AddAsync(ObjectId.GenerateNewId(), course, Teacher, $"News {i}", "Text", default);
            var assignment = (
                await _data.Get<AssignmentStore>().CreateAsync(course, Access, new AssignmentDetails($"A{i}", null, null), default)
            ).Value!;
            foreach (var student in students.Take(3))
            {
                var fileId = ObjectId.GenerateNewId();
                await using (var file = await _data.Get<UploadStore>().CreateAsync(fileId, "work.txt", default))
                {
                    await file.WriteAsync("Work"u8.ToArray());
                    await file.CloseAsync();
                }
                await _data.Get<SubmissionStore>().SubmitAsync(assignment, student, "First", null, default);
                var work = (
                    await _data.Get<SubmissionStore>().SubmitAsync(assignment, student, null, (fileId, "work.txt", 4), default)
                ).Value!;
                await _data.Get<SubmissionStore>().GradeAsync(work.Id, 70 + i, "Good", Teacher, null, default);
            }
        }
        return course;
    }

    private async Task<ObjectId> FirstAsync(string collection, ObjectId course) =>
        (
            await _data
                .Database.GetCollection<BsonDocument>(collection)
                .Find(new BsonDocument("courseId", course))
                .Sort(new BsonDocument("_id", 1))
                .FirstAsync()
        )["_id"].AsObjectId;

    private async Task FinishAsync()
    {
        while (await Cascades.FinishNextAsync(default)) { }
    }
}
