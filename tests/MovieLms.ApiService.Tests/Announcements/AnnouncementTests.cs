using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using MongoDB.Bson;
using MovieLms.ApiService.Tests.Courses;
using MovieLms.Application.Announcements;
using MovieLms.Data.Announcements;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Announcements;

public sealed class AnnouncementTests(LearningFixture api) : IClassFixture<LearningFixture>
{
    [Fact]
    public async Task Enrolled_students_are_notified_and_receive_mail_if_they_opted_in()
    {
        var (course, owner) = await api.CreateCourseAsync(new { title = "Screenwriting", status = "published" });
        var (optedIn, optedOut, withdrawn, stranger) = (
            await api.CreateUserAsync(),
            await api.CreateUserAsync(wantsMail: false),
            await api.CreateUserAsync(),
            await api.CreateUserAsync()
        );
        foreach (var student in new[] { optedIn, optedOut })
            await api.EnrollAsync(student, course);
        (await withdrawn.Client.DeleteAsync($"/api/enrollments/{await api.EnrollAsync(withdrawn, course)}")).EnsureSuccessStatusCode();

        var announced = await LearningFixture.PostAsync(
            owner.Client,
            $"/api/courses/{course}/announcements",
            new { title = "Room changed", text = "We meet in B 12.\nBring pens." }
        );
        Assert.Contains(
            "We meet in B 12.",
            await api.Host.GetMailTextAsync(optedIn.Email, "Screenwriting: Room changed"),
            StringComparison.Ordinal
        );
        Assert.Equal(
            (1, 1, 0, 0),
            (
                await CountNotificationsAsync(optedIn),
                await CountNotificationsAsync(optedOut),
                await CountNotificationsAsync(withdrawn),
                await CountNotificationsAsync(stranger)
            )
        );
        foreach (var person in new[] { optedOut, withdrawn, stranger })
            Assert.Equal(0, await CountMailsAsync(person));

        Assert.Equal(
            [announced.Id()],
            (await LearningFixture.ReadAllAsync(optedIn.Client, $"/api/courses/{course}/announcements")).Select(shown => shown.Id())
        );
        Assert.Equal(
            HttpStatusCode.OK,
            (await optedOut.Client.GetAsync($"/api/courses/{course}/announcements/{announced.Id()}")).StatusCode
        );
        foreach (var person in new[] { withdrawn, stranger })
        {
            await (await person.Client.GetAsync($"/api/courses/{course}/announcements")).AssertProblemAsync(403);
            await (await person.Client.GetAsync($"/api/courses/{course}/announcements/{announced.Id()}")).AssertProblemAsync(403);
        }
        await (
            await api.Instructor().PostAsJsonAsync($"/api/courses/{course}/announcements", new { title = "x", text = "y" })
        ).AssertProblemAsync(403);
        await (
            await owner.Client.PostAsJsonAsync($"/api/courses/{course}/announcements", new { title = "x\ny", text = "y" })
        ).AssertProblemAsync(400, "title");
    }

    [Fact]
    public async Task Delivering_an_announcement_again_notifies_no_one_twice()
    {
        var (course, owner) = await api.CreateCourseAsync();
        var student = await api.CreateUserAsync();
        await api.EnrollAsync(student, course);
        var announced = await LearningFixture.PostAsync(
            owner.Client,
            $"/api/courses/{course}/announcements",
            new { title = "Once", text = "Only." }
        );
        var services = api.Host.App.Services;
        var stored = await services
            .GetRequiredService<AnnouncementStore>()
            .GetAsync(ObjectId.Parse(course), ObjectId.Parse(announced.Id()), default);
        Assert.NotNull(stored!.DeliveredAt);
        Assert.Null(stored.DueAt);
        await services.GetRequiredService<AnnouncementDelivery>().DeliverAsync(stored, default);
        Assert.Equal((1, 1), (await CountNotificationsAsync(student), await CountMailsAsync(student)));
    }

    private Task<long> CountNotificationsAsync(Person person) =>
        api
            .Host.Database.GetCollection<BsonDocument>("notifications")
            .CountDocumentsAsync(new BsonDocument { { "userId", person.Id }, { "kind", "announcement" } });

    private Task<long> CountMailsAsync(Person person) =>
        api.Host.Database.GetCollection<BsonDocument>("outbox").CountDocumentsAsync(new BsonDocument("to", person.Email));
}
