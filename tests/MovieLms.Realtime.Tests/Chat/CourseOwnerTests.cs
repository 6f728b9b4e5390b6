using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using MovieLms.Application.Live;
using MovieLms.Realtime.Hubs;
using MovieLms.Testing;

namespace MovieLms.Realtime.Tests.Chat;

/// <summary>A course's room is open to its owner while their role may manage courses, and to a new owner after a transfer.</summary>
public sealed class CourseOwnerTests(ChatHubTests.Host host) : IClassFixture<ChatHubTests.Host>
{
    private const string NotFound = "NotFound: There is no such ";

    /// <summary>Every hub method with a room or message parameter, and its error for users without access.</summary>
    private static readonly Dictionary<string, (string Refusal, Func<HubConnection, string, string, Task> Call)> Methods = new()
    {
        ["JoinRoom"] = (NotFound, (hub, room, _) => hub.InvokeAsync("JoinRoom", room)),
        ["SendMessage"] = (NotFound, (hub, room, _) => hub.InvokeAsync("SendMessage", room, "hello", "id")),
        ["EditMessage"] = (NotFound, (hub, _, message) => hub.InvokeAsync("EditMessage", message, "edited")),
        ["DeleteMessage"] = (NotFound, (hub, _, message) => hub.InvokeAsync("DeleteMessage", message)),
        ["StartTyping"] = ("roomNotJoined: Join the room first.", (hub, room, _) => hub.InvokeAsync("StartTyping", room)),
        ["MarkRead"] = (NotFound, (hub, room, _) => hub.InvokeAsync("MarkRead", room, 1L)),
        ["GetHistory"] = (NotFound, (hub, room, _) => hub.InvokeAsync("GetHistory", room, null, 10)),
        ["GetSince"] = (NotFound, (hub, room, _) => hub.InvokeAsync("GetSince", room, 0L, 10)),
        ["GetPresence"] = (NotFound, (hub, room, _) => hub.InvokeAsync("GetPresence", room)),
    };

    /// <summary>Methods that reveal nothing about a room.</summary>
    private static readonly string[] OtherMethods = ["LeaveRoom", "SendDirect", "MarkNotificationRead"];

    [Fact]
    public void The_table_lists_every_hub_method() =>
        Assert.Equal(
            typeof(ChatHub)
                .GetMethods()
                .Where(method => method.DeclaringType == typeof(ChatHub) && !method.IsSpecialName && !method.IsVirtual)
                .Select(method => method.Name)
                .Order(),
            Methods.Keys.Concat(OtherMethods).Order()
        );

    [Fact]
    public async Task Every_method_refuses_a_demoted_owner_like_a_stranger()
    {
        var (owner, admin) = (await host.Service.SignInInstructorAsync(), await host.Service.SignInAdminAsync());
        var room = await CreateRoomAsync(owner);
        string message;
        await using (var before = await ConnectAsync(owner))
        {
            await before.JoinAsync(room);
            message = (await before.SendAsync(room, "mine")).Id;
        }
        (await admin.Client.PatchAsJsonAsync($"/api/users/{owner.Id}/role", new { role = "student" })).EnsureSuccessStatusCode();

        var demoted = await host.Service.LogInAsync(owner.Email, owner.Password);
        await using var after = await ConnectAsync(demoted);
        await using var stranger = await ConnectAsync(await host.Service.SignInStudentAsync());
        foreach (var (name, (refusal, call)) in Methods)
        {
            foreach (var hub in new[] { stranger.Hub, after.Hub })
            {
                var refused = await Record.ExceptionAsync(() => call(hub, room, message));
                Assert.True(
                    refused is HubException && refused.Message.Contains(refusal, StringComparison.Ordinal),
                    $"{name}: {refused?.Message ?? "allowed"}"
                );
            }
        }

        Assert.DoesNotContain(room, await demoted.Client.GetStringAsync("/api/rooms"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_transfer_removes_the_previous_owner_from_the_room_and_admits_and_notifies_the_new_one()
    {
        var (owner, next, admin) = (
            await host.Service.SignInInstructorAsync(),
            await host.Service.SignInInstructorAsync(),
            await host.Service.SignInAdminAsync()
        );
        var room = await CreateRoomAsync(owner);
        await using var first = await ConnectAsync(owner);
        await using var second = await ConnectAsync(next);
        await first.JoinAsync(room);
        await Assert.ThrowsAsync<HubException>(() => second.JoinAsync(room));
        (
            await admin.Client.PutAsJsonAsync($"/api/courses/{room.Split(':')[1]}/owner", new { ownerId = next.Id })
        ).EnsureSuccessStatusCode();

        await Eventually.WaitUntilAsync(
            () => Task.FromResult(first.Events.Contains($"out {room} accessLost")),
            "the previous owner is removed from the room"
        );
        await Assert.ThrowsAsync<HubException>(() => first.JoinAsync(room));
        await second.JoinAsync(room);
        await Eventually.WaitUntilAsync(
            () => Task.FromResult(second.Events.Any(text => text.StartsWith("notification", StringComparison.Ordinal))),
            "the new owner is notified"
        );
    }

    private static async Task<string> CreateRoomAsync(TestUser owner)
    {
        using var created = await owner.Client.PostAsJsonAsync("/api/courses", new { title = "Editing", status = "published" });
        return RoomNames.Course((await created.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!);
    }

    private Task<ChatClient> ConnectAsync(TestUser user) => ChatClient.ConnectAsync(host.Service.Address, user.AccessToken);
}
