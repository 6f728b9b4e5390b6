using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using MongoDB.Bson;
using MovieLms.Application.Live;
using MovieLms.Data.Chat;
using MovieLms.Data.Notifications;
using MovieLms.Realtime.Contracts;
using MovieLms.Realtime.Tests.Hostile;
using MovieLms.Testing;

namespace MovieLms.Realtime.Tests.Chat;

/// <summary>The rules of <c>docs/hub.md</c> for resends, rooms, notifications and errors.</summary>
public sealed partial class HubContractTests(HubContractTests.Host host) : IClassFixture<HubContractTests.Host>
{
    public sealed class Host : IAsyncLifetime
    {
        public ServiceHost Service { get; private set; } = null!;

        internal FakeLoggerProvider Log { get; } = new();

        public async ValueTask InitializeAsync() =>
            Service = await ServiceHost.StartAsync(
                new ServiceHostOptions
                {
                    Services = Services.Api | Services.Realtime,
                    Configure = services => services.AddSingleton<ILoggerProvider>(Log),
                }
            );

        public ValueTask DisposeAsync() => Service.DisposeAsync();
    }

    [Fact]
    public async Task Sending_to_a_room_that_was_not_joined_or_was_left_is_refused()
    {
        await using var client = await ConnectAsync(await host.Service.SignInStudentAsync());
        Task<ChatMessage> SendAsync() => client.Hub.InvokeAsync<ChatMessage>("SendMessage", "lobby", "hello", "not-joined");
        await AssertRefusedAsync("roomNotJoined", SendAsync);
        await client.JoinAsync("lobby");
        await SendAsync();
        await client.Hub.InvokeAsync("LeaveRoom", "lobby");
        await AssertRefusedAsync("roomNotJoined", SendAsync);
    }

    [Fact]
    public async Task A_resend_with_another_text_is_refused()
    {
        await using var client = await ConnectAsync(await host.Service.SignInStudentAsync());
        var sent = await client.SendAsync("lobby", "first\r\nline", "same");
        await AssertRefusedAsync("clientMessageIdUsed", () => client.SendAsync("lobby", "another text", "same"));
        Assert.Equal(sent, await client.SendAsync("lobby", "first\nline", "same"));
    }

    [Fact]
    public async Task A_resend_of_an_edited_or_deleted_message_returns_its_current_state()
    {
        await using var client = await ConnectAsync(await host.Service.SignInStudentAsync());
        var sent = await client.SendAsync("lobby", "draft", "changed");
        var edited = await client.Hub.InvokeAsync<ChatMessage>("EditMessage", sent.Id, "final");
        Assert.Equal(edited, await client.SendAsync("lobby", "draft", "changed"));
        var deleted = await client.Hub.InvokeAsync<ChatMessage>("DeleteMessage", sent.Id);
        Assert.Equal(deleted, await client.SendAsync("lobby", "draft", "changed"));
    }

    [Fact]
    public async Task A_resend_is_delivered_again_only_if_the_first_delivery_is_not_known()
    {
        var author = await host.Service.SignInStudentAsync();
        await using var sender = await ConnectAsync(author);
        await using var receiver = await ConnectAsync(await host.Service.SignInStudentAsync());
        await receiver.JoinAsync("lobby");
        for (var i = 0; i < 3; i++)
            await sender.SendAsync("lobby", "delivered", "d1");
        // Stored by a process that ended before it delivered the message.
        var room = (await host.Service.App.Services.GetRequiredService<RoomStore>().FindAsync("lobby", default))!.Id;
        var draft = new MessageDraft(ObjectId.Parse(author.Id), author.Username, "not delivered", "d2");
        await host.Service.App.Services.GetRequiredService<ChatMessageStore>().AppendAsync(room, [draft], null, default);
        await sender.SendAsync("lobby", "not delivered", "d2");
        await sender.SendAsync("lobby", "not delivered", "d2");
        var last = await sender.SendAsync("lobby", "last");

        await Eventually.WaitUntilAsync(() => Task.FromResult(receiver.Messages.Any(message => message.Id == last.Id)), "all arrive");
        Assert.Equal(
            ["delivered", "not delivered", "last"],
            receiver.Messages.Where(message => message.From?.Id == author.Id).Select(message => message.Text)
        );
    }

    [Fact]
    public async Task A_notification_is_replayed_once_per_connection_until_it_is_marked_as_read()
    {
        var (user, other) = (await host.Service.SignInStudentAsync(), await host.Service.SignInStudentAsync());
        await using var live = await ConnectAsync(user);
        await NotifyAsync(user, "first");
        await WaitForNotificationsAsync(live, 1);
        await using var replayed = await ConnectAsync(user);
        await WaitForNotificationsAsync(replayed, 1);
        await NotifyAsync(user, "second");
        await WaitForNotificationsAsync(replayed, 2);
        await WaitForNotificationsAsync(live, 2);
        Assert.Equal([false, false], live.Notifications.Select(notification => notification.Replayed));
        Assert.Equal([true, false], replayed.Notifications.Select(notification => notification.Replayed));

        var first = live.Notifications.First();
        await using var stranger = await ConnectAsync(other);
        foreach (var id in new[] { first.Id, ObjectId.GenerateNewId().ToString(), "x" })
            await AssertRefusedAsync("notificationNotFound", () => stranger.Hub.InvokeAsync("MarkNotificationRead", id));
        await live.Hub.InvokeAsync("MarkNotificationRead", first.Id);
        await live.Hub.InvokeAsync("MarkNotificationRead", first.Id);
        await using var later = await ConnectAsync(user);
        await WaitForNotificationsAsync(later, 1);
        Assert.Equal(["second"], later.Notifications.Select(notification => notification.Title));
        Assert.Equal(
            1,
            await host.Service.App.Services.GetRequiredService<NotificationStore>().CountUnreadAsync(ObjectId.Parse(user.Id), 10, default)
        );
    }

    [Fact]
    public async Task A_joined_room_has_the_title_of_the_list_of_rooms()
    {
        var (owner, student) = (await host.Service.SignInInstructorAsync(), await host.Service.SignInStudentAsync());
        await using var client = await ConnectAsync(owner);
        Assert.Equal("Lobby", (await client.JoinAsync("lobby")).Title);
        Assert.Equal(student.Username, (await client.JoinAsync(RoomNames.Direct(owner.Id, student.Id))).Title);
        using var created = await owner.Client.PostAsJsonAsync("/api/courses", new { title = "Editing", status = "published" });
        var id = (await created.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
        Assert.Equal("Editing", (await client.JoinAsync(RoomNames.Course(id))).Title);
        await client.SendAsync(RoomNames.Direct(owner.Id, student.Id), "hello");
        var listed = await owner.Client.GetFromJsonAsync<JsonElement>("/api/rooms");
        Assert.Equal(
            ["Lobby", "Editing", student.Username],
            listed.GetProperty("items").EnumerateArray().Select(room => room.GetProperty("title").GetString())
        );
    }

    [Fact]
    public async Task Times_are_UTC_with_Z()
    {
        using var client = await RawHub.OpenAsync(host.Service.Address, (await host.Service.SignInStudentAsync()).AccessToken);
        await client.CallAsync("JoinRoom", """["lobby"]""");
        var sent = (await client.CallAsync("SendMessage", """["lobby","now","z1"]""", "2")).GetProperty("result");
        Assert.Matches(UtcTime(), sent.GetProperty("sentAt").GetString());
        var edited = await client.CallAsync("EditMessage", $$"""["{{sent.GetProperty("id").GetString()}}","later"]""", "3");
        Assert.Matches(UtcTime(), edited.GetProperty("result").GetProperty("editedAt").GetString());
    }

    [Fact]
    public async Task Refused_calls_are_not_logged_as_errors()
    {
        await using var client = await ConnectAsync(await host.Service.SignInStudentAsync());
        await AssertRefusedAsync("roomNotFound", () => client.JoinAsync("attic"));
        await AssertRefusedAsync("invalidInput", () => client.SendAsync("lobby", " "));
        await Assert.ThrowsAsync<HubException>(() => client.Hub.InvokeAsync("SendMessage", "lobby"));
        await Assert.ThrowsAsync<HubException>(() => client.Hub.InvokeAsync("Nothing"));
        Assert.Empty(host.Log.GetLines(LogLevel.Error));
    }

    private static Task WaitForNotificationsAsync(ChatClient client, int count) =>
        Eventually.WaitUntilAsync(() => Task.FromResult(client.Notifications.Count >= count), $"{count} notifications arrive");

    private Task NotifyAsync(TestUser user, string title) =>
        host
            .Service.App.Services.GetRequiredService<Notifier>()
            .NotifyAsync([ObjectId.Parse(user.Id)], "grade", title, "90", null, title, default);

    private Task<ChatClient> ConnectAsync(TestUser user) => ChatClient.ConnectAsync(host.Service.Address, user.AccessToken);

    /// <summary>Reads the code as the page tells client authors to.</summary>
    private static async Task AssertRefusedAsync(string code, Func<Task> act)
    {
        var message = (await Assert.ThrowsAsync<HubException>(act)).Message;
        Assert.Equal(code, ErrorCode().Match(message).Groups[1].Value);
    }

    [GeneratedRegex(@"HubException: (\w+): ")]
    private static partial Regex ErrorCode();

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")]
    private static partial Regex UtcTime();
}
