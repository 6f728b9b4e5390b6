using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using MovieLms.ApiService.Tests.Courses;
using MovieLms.Data.Chat;
using MovieLms.Data.Notifications;

namespace MovieLms.ApiService.Tests.Notifications;

public sealed class UnreadTests(LearningFixture api) : IClassFixture<LearningFixture>
{
    [Fact]
    public async Task Notifications_are_marked_as_read_up_to_a_time_or_all_at_once()
    {
        var (student, other) = (await api.CreateUserAsync(), await api.CreateUserAsync());
        await NotifyAsync(student, "First");
        await Task.Delay(5);
        await NotifyAsync(student, "Second");
        await NotifyAsync(other, "Not hers");
        var upTo = (await ListAsync(student, "?unread=true"))[1].GetProperty("createdAt").GetString();

        Assert.Equal(1, await ReadAsync(student, new { upTo }));
        Assert.Equal("Second", Assert.Single(await ListAsync(student, "?unread=true")).GetProperty("title").GetString());
        Assert.Equal(0, await ReadAsync(student, new { upTo }));

        using var all = await student.Client.PostAsync("/api/notifications/read", null);
        Assert.Equal(HttpStatusCode.OK, all.StatusCode);
        Assert.Equal(1, (await all.JsonAsync()).GetProperty("read").GetInt32());
        Assert.Empty(await ListAsync(student, "?unread=true"));
        Assert.Equal(2, (await ListAsync(student, "")).Count);
        Assert.Single(await ListAsync(other, "?unread=true"));
        await (await student.Client.PostAsJsonAsync("/api/notifications/read", new { upTo = "yesterday" })).AssertProblemAsync(400, "upTo");
    }

    [Fact]
    public async Task Unread_counts_contain_notifications_and_the_messages_of_each_room()
    {
        var (student, other) = (await api.CreateUserAsync(), await api.CreateUserAsync());
        var (course, owner) = await api.CreateCourseAsync();
        await api.EnrollAsync(student, course);
        await student.Client.PostAsync("/api/notifications/read", null);
        await NotifyAsync(student, "Read this");
        await SendAsync(other, $"course:{course}", 3);
        await SendAsync(owner, "lobby", 2);

        using var response = await student.Client.GetAsync("/api/unread");
        Assert.True(response.Headers.CacheControl?.NoStore);
        var unread = await response.JsonAsync();
        Assert.Equal(1, unread.GetProperty("notifications").GetInt32());
        Assert.Equal(5, unread.GetProperty("messages").GetInt32());
        Assert.Equal(6, unread.GetProperty("total").GetInt32());
        Assert.Equal(
            [("lobby", null, 2), ($"course:{course}", "Editing", 3)],
            unread
                .GetProperty("rooms")
                .EnumerateArray()
                .Select(room =>
                    (room.GetProperty("name").GetString()!, room.GetProperty("title").GetString(), room.GetProperty("messages").GetInt32())
                )
        );

        var rooms = api.Host.App.Services.GetRequiredService<RoomStore>();
        await rooms.MarkReadAsync(student.Id, (await rooms.FindAsync($"course:{course}", default))!.Id, 3, default);
        Assert.Equal(3, (await student.Client.GetFromJsonAsync<JsonElement>("/api/unread")).GetProperty("total").GetInt32());
    }

    private Task NotifyAsync(Person person, string title) =>
        api
            .Host.App.Services.GetRequiredService<NotificationStore>()
            .AddAllAsync([person.Id], "course", title, "A text.", null, null, default);

    private async Task SendAsync(Person author, string name, int count)
    {
        var (rooms, messages) = (
            api.Host.App.Services.GetRequiredService<RoomStore>(),
            api.Host.App.Services.GetRequiredService<ChatMessageStore>()
        );
        var room = await rooms.GetOrCreateAsync(name, null, [], default);
        var drafts = Enumerable.Range(0, count).Select(i => new MessageDraft(author.Id, author.Name, $"Text {i}", $"{room.Id}-{i}"));
        var sent = await messages.AppendAsync(room.Id, [.. drafts], 0, default);
        await rooms.RecordLastMessageAsync(room.Id, sent[^1].Sequence, sent[^1].SentAt, default);
    }

    private static Task<List<JsonElement>> ListAsync(Person person, string query) =>
        LearningFixture.ReadAllAsync(person.Client, $"/api/notifications{query}");

    private static async Task<int> ReadAsync(Person person, object body) =>
        (await LearningFixture.PostAsync(person.Client, "/api/notifications/read", body)).GetProperty("read").GetInt32();
}
