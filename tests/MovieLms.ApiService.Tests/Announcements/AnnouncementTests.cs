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
    public async Task Everybody_enrolled_is_notified_and_mailed_who_wants_it()
    {
        var (course, owner) = await api.CourseAsync(new { title = "Screenwriting", status = "published" });
        var (wants, not, left, stranger) = (
            await api.PersonAsync(),
            await api.PersonAsync(wantsMail: false),
            await api.PersonAsync(),
            await api.PersonAsync()
        );
        foreach (var student in new[] { wants, not })
            await api.EnrollAsync(student, course);
        (await left.Client.DeleteAsync($"/api/enrollments/{await api.EnrollAsync(left, course)}")).EnsureSuccessStatusCode();

        var announced = await LearningFixture.PostAsync(
            owner.Client,
            $"/api/courses/{course}/announcements",
            new { title = "Room changed", text = "We meet in B 12.\nBring pens." }
        );
        Assert.Contains(
            "We meet in B 12.",
            await api.Host.MailTextAsync(wants.Email, "Screenwriting: Room changed"),
            StringComparison.Ordinal
        );
        Assert.Equal(
            (1, 1, 0, 0),
            (await NotifiedAsync(wants), await NotifiedAsync(not), await NotifiedAsync(left), await NotifiedAsync(stranger))
        );
        foreach (var person in new[] { not, left, stranger })
            Assert.Equal(0, await MailsAsync(person));

        Assert.Equal(
            [announced.Id()],
            (await LearningFixture.AllAsync(wants.Client, $"/api/courses/{course}/announcements")).Select(shown => shown.Id())
        );
        Assert.Equal(HttpStatusCode.OK, (await not.Client.GetAsync($"/api/courses/{course}/announcements/{announced.Id()}")).StatusCode);
        foreach (var person in new[] { left, stranger })
        {
            await (await person.Client.GetAsync($"/api/courses/{course}/announcements")).AssertProblemAsync(404);
            await (await person.Client.GetAsync($"/api/courses/{course}/announcements/{announced.Id()}")).AssertProblemAsync(404);
        }
        await (
            await api.Instructor().PostAsJsonAsync($"/api/courses/{course}/announcements", new { title = "x", text = "y" })
        ).AssertProblemAsync(404);
        await (
            await owner.Client.PostAsJsonAsync($"/api/courses/{course}/announcements", new { title = "x\ny", text = "y" })
        ).AssertProblemAsync(400, "title");
    }

    [Fact]
    public async Task Telling_an_announcement_again_tells_nobody_twice()
    {
        var (course, owner) = await api.CourseAsync();
        var student = await api.PersonAsync();
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
        Assert.Equal((1, 1), (await NotifiedAsync(student), await MailsAsync(student)));
    }

    private Task<long> NotifiedAsync(Person person) =>
        api
            .Host.Database.GetCollection<BsonDocument>("notifications")
            .CountDocumentsAsync(new BsonDocument { { "userId", person.Id }, { "kind", "announcement" } });

    private Task<long> MailsAsync(Person person) =>
        api.Host.Database.GetCollection<BsonDocument>("outbox").CountDocumentsAsync(new BsonDocument("to", person.Email));
}
