using System.Text;
using MongoDB.Bson;
using MovieLms.Data.Courses;
using MovieLms.Data.Enrollments;
using MovieLms.Data.Identity;
using MovieLms.Data.Imports;

namespace MovieLms.Worker.Tests.Imports;

public sealed class EnrollmentImportTests : IAsyncLifetime
{
    private ImportFixture _fixture = null!;

    public async ValueTask InitializeAsync() => _fixture = await ImportFixture.StartAsync();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task Rows_enroll_users_by_address_and_unknown_addresses_are_row_errors()
    {
        var course = await CourseAsync(null);
        var (first, second) = (await UserAsync("one@example.test"), await UserAsync("two@example.test"));
        await UserAsync("gone@example.test", isArchived: true);
        var import = await RunAsync(
            course,
            "Name;E-Mail\nOne; ONE@Example.test\nTwo;two@example.test\nTwo again;two@example.test\nNobody;nobody@example.test\nGone;gone@example.test\nBad;no address\n;\n"
        );
        Assert.Equal((ImportState.Completed, 3, 4), (import.State, import.Succeeded, import.Failed));
        Assert.Equal([5, 6, 7, 8], (await _fixture.ErrorsAsync(import.Id)).Select(error => error.Line));
        Assert.All(await _fixture.ErrorsAsync(import.Id), error => Assert.Equal("email", Assert.Single(error.Problems).Column));
        foreach (var user in new[] { first, second })
            Assert.True(await _fixture.Get<EnrollmentStore>().IsActiveAsync(course, user, default));
        Assert.Equal(2, (await _fixture.Get<CourseStore>().GetAsync(course, default))!.ActiveEnrollments);
        foreach (var user in new[] { first, second })
            Assert.Equal(1, await _fixture.Collection("notifications").CountDocumentsAsync(new BsonDocument("userId", user)));
        await RunAsync(course, "email\none@example.test\n");
        Assert.Equal(1, await _fixture.Collection("notifications").CountDocumentsAsync(new BsonDocument("userId", first)));
    }

    [Fact]
    public async Task Rows_beyond_the_capacity_are_row_errors()
    {
        var course = await CourseAsync(3);
        for (var i = 0; i < 10; i++)
            await UserAsync($"full{i}@example.test");
        var import = await RunAsync(course, "email\n" + string.Concat(Enumerable.Range(0, 10).Select(i => $"full{i}@example.test\n")));
        Assert.Equal((ImportState.Completed, 3, 7), (import.State, import.Succeeded, import.Failed));
        Assert.All(
            await _fixture.ErrorsAsync(import.Id),
            error => Assert.Equal("The course is full.", Assert.Single(error.Problems).Message)
        );
    }

    [Fact]
    public async Task A_file_that_is_imported_again_changes_nothing()
    {
        var course = await CourseAsync(1);
        await UserAsync("again@example.test");
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(
                (1, 0),
                ((await RunAsync(course, "email\nagain@example.test\n")) is var import ? import.Succeeded : 0, import.Failed)
            );
        }

        Assert.Equal(1, (await _fixture.Get<CourseStore>().GetAsync(course, default))!.ActiveEnrollments);
    }

    private async Task<ObjectId> CourseAsync(int? capacity) =>
        (
            await _fixture
                .Get<CourseStore>()
                .CreateAsync(
                    ObjectId.GenerateNewId(),
                    new CourseDetails("Editing", null, 0, "EUR", capacity, CourseStatus.Published),
                    default
                )
        ).Id;

    private async Task<ObjectId> UserAsync(string email, bool isArchived = false) =>
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
                        ArchivedAt = isArchived ? DateTimeOffset.UnixEpoch : null,
                    },
                    default
                )
        )!.Id;

    private async Task<ImportDocument> RunAsync(ObjectId course, string text)
    {
        var owner = (await _fixture.Get<CourseStore>().GetAsync(course, default))!.OwnerId;
        var id = await _fixture.QueueAsync(
            Encoding.UTF8.GetBytes(text),
            ImportFormat.Csv,
            owner,
            kind: ImportKind.Enrollments,
            subject: course
        );
        Assert.True(await _fixture.Processor.RunNextAsync(CancellationToken.None));
        return await _fixture.FindAsync(id);
    }
}
