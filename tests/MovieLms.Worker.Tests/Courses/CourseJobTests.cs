using Microsoft.Extensions.DependencyInjection;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Announcements;
using MovieLms.Data.Courses;
using MovieLms.Data.Enrollments;
using MovieLms.Data.Identity;
using MovieLms.Testing;
using MovieLms.Worker.Jobs;

namespace MovieLms.Worker.Tests.Courses;

/// <summary>Work that the worker completes after a process died.</summary>
public sealed class CourseJobTests : IAsyncLifetime
{
    private ServiceHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await ServiceHost.StartAsync(new ServiceHostOptions { Services = Services.Worker });

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task An_announcement_whose_process_died_reaches_each_student_once()
    {
        var course = (
            await Get<CourseStore>()
                .CreateAsync(ObjectId.GenerateNewId(), new CourseDetails("Editing", null, 0, "EUR", null, CourseStatus.Published), default)
        ).Id;
        var students = new List<UserDocument>();
        for (var i = 0; i < 3; i++)
        {
            var user = await Get<UserStore>()
                .AddAsync(
                    new UserDocument
                    {
                        Username = "A",
                        Email = $"a{i}@example.test",
                        EmailNormalized = $"a{i}@example.test",
                        Role = "student",
                    },
                    default
                );
            await Get<EnrollmentStore>().EnrollAsync(course, user!.Id, default);
            students.Add(user);
        }
        var announcement = await Get<AnnouncementStore>()
            .AddAsync(ObjectId.GenerateNewId(), course, ObjectId.GenerateNewId(), "Title", "Text", default);
        await Collection("notifications")
            .InsertOneAsync(
                new BsonDocument
                {
                    { "userId", students[0].Id },
                    { "key", $"announcement:{announcement.Id}" },
                    { "kind", "announcement" },
                    { "title", "t" },
                    { "text", "t" },
                }
            );
        await RunAsync("announcements-finish");
        Assert.Null((await Get<AnnouncementStore>().GetAsync(course, announcement.Id, default))!.DeliveredAt);

        await Collection("announcements")
            .UpdateOneAsync(
                new BsonDocument("_id", announcement.Id),
                new BsonDocument("$set", new BsonDocument("dueAt", new BsonDateTime(0)))
            );
        await RunAsync("announcements-finish");
        await RunAsync("announcements-finish");
        Assert.NotNull((await Get<AnnouncementStore>().GetAsync(course, announcement.Id, default))!.DeliveredAt);
        foreach (var student in students)
        {
            Assert.Equal(1, await Collection("notifications").CountDocumentsAsync(new BsonDocument("userId", student.Id)));
            Assert.Equal(1, await Collection("outbox").CountDocumentsAsync(new BsonDocument("to", student.Email)));
        }
    }

    [Fact]
    public async Task A_wrong_seat_count_is_corrected()
    {
        var course = (
            await Get<CourseStore>()
                .CreateAsync(ObjectId.GenerateNewId(), new CourseDetails("Editing", null, 0, "EUR", 1, CourseStatus.Published), default)
        ).Id;
        await Collection("courses")
            .UpdateOneAsync(new BsonDocument("_id", course), new BsonDocument("$set", new BsonDocument("activeEnrollments", 1)));
        await RunAsync("seats-repair");
        Assert.Equal(0, (await Get<CourseStore>().GetAsync(course, default))!.ActiveEnrollments);
    }

    private Task RunAsync(string job) =>
        _host.App.Services.GetServices<IRecurringJob>().Single(known => known.Name == job).RunAsync(default);

    private IMongoCollection<BsonDocument> Collection(string name) => _host.Database.GetCollection<BsonDocument>(name);

    private T Get<T>()
        where T : notnull => _host.App.Services.GetRequiredService<T>();
}
