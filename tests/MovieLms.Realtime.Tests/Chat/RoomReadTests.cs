using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Application.Live;
using MovieLms.Data.Storage;
using MovieLms.Realtime.Contracts;
using MovieLms.Testing;

namespace MovieLms.Realtime.Tests.Chat;

/// <summary>Reading never creates a room, and a direct room exists only while both its users do.</summary>
public sealed class RoomReadTests(ChatHubTests.Host host) : IClassFixture<ChatHubTests.Host>
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_first_message_creates_a_room_and_reading_never_does(bool messagePack)
    {
        var (alice, bob) = (await host.Service.SignInStudentAsync(), await host.Service.SignInStudentAsync());
        await using var a = await ConnectAsync(alice, messagePack);
        await using var b = await ConnectAsync(bob, messagePack);
        var room = RoomNames.Direct(alice.Id, bob.Id);
        var joined = await a.JoinAsync(room);
        Assert.Equal((0, 0L, false), (joined.Messages.Count, joined.ReadSequence, joined.ReadOnly));
        Assert.Empty(await a.Hub.InvokeAsync<ChatMessage[]>("GetHistory", room, null, 10));
        Assert.Empty(await a.Hub.InvokeAsync<ChatMessage[]>("GetSince", room, 0, 10));
        Assert.Contains(await a.Hub.InvokeAsync<ChatUser[]>("GetPresence", room), user => user.Id == alice.Id);
        await AssertRefusedAsync("invalidInput: sequence: ", () => a.Hub.InvokeAsync("MarkRead", room, 1));
        await a.Hub.InvokeAsync("StartTyping", room);
        Assert.Empty(
            (await alice.Client.GetFromJsonAsync<JsonElement>($"/api/rooms/{room}/messages")).GetProperty("items").EnumerateArray()
        );
        Assert.False((await alice.Client.GetStringAsync("/api/rooms")).Contains(room, StringComparison.Ordinal));
        Assert.Equal(0, await CountStoredAsync(room));

        var sent = await b.SendAsync(room, "first");
        Assert.Equal(1, await CountStoredAsync(room));
        await Eventually.WaitUntilAsync(
            () => Task.FromResult(a.Messages.Any(message => message.Id == sent.Id)),
            "the reader receives the first message"
        );
        Assert.Equal([sent.Id], (await a.JoinAsync(room)).Messages.Select(message => message.Id));
    }

    [Fact]
    public async Task Rooms_with_unknown_users_are_not_found_and_not_stored()
    {
        var alice = await host.Service.SignInStudentAsync();
        await using var a = await ConnectAsync(alice);
        for (var i = 0; i < 20; i++)
        {
            var unknown = ObjectId.GenerateNewId().ToString();
            var room = RoomNames.Direct(alice.Id, unknown);
            await AssertRefusedAsync("roomNotFound: There is no such room", () => a.Hub.InvokeAsync("GetHistory", room, null, 10));
            await AssertRefusedAsync("roomNotFound: There is no such room", () => a.JoinAsync(room));
            if (i < 5)
                await AssertRefusedAsync("roomNotFound: There is no such room", () => a.SendAsync(room, "hello"));
            if (i < 5)
                await AssertRefusedAsync("userNotFound: ", () => a.Hub.InvokeAsync("SendDirect", unknown, "hi", $"n{i}"));
            Assert.Equal(HttpStatusCode.NotFound, (await alice.Client.GetAsync($"/api/rooms/{room}/messages")).StatusCode);
            Assert.Equal(0, await CountStoredAsync(room));
        }
    }

    [Fact]
    public async Task A_room_with_an_archived_user_is_read_only()
    {
        var (alice, bob, admin) = (
            await host.Service.SignInStudentAsync(),
            await host.Service.SignInStudentAsync(),
            await host.Service.SignInAdminAsync()
        );
        await using var a = await ConnectAsync(alice);
        var sent = await a.Hub.InvokeAsync<ChatMessage>("SendDirect", bob.Id, "while active", "d1");
        (await admin.Client.PostAsync($"/api/users/{bob.Id}/archive", null)).EnsureSuccessStatusCode();

        await AssertRefusedAsync(
            "roomReadOnly: The other user is archived",
            () => a.Hub.InvokeAsync("SendDirect", bob.Id, "too late", "d2")
        );
        await AssertRefusedAsync("roomReadOnly: The other user is archived", () => a.SendAsync(sent.Room, "too late"));
        await AssertRefusedAsync("roomReadOnly: The other user is archived", () => a.Hub.InvokeAsync("EditMessage", sent.Id, "too late"));
        Assert.True((await a.JoinAsync(sent.Room)).ReadOnly);
        Assert.Equal([sent.Id], (await a.Hub.InvokeAsync<ChatMessage[]>("GetHistory", sent.Room, null, 10)).Select(message => message.Id));
        Assert.Equal(HttpStatusCode.OK, (await alice.Client.GetAsync($"/api/rooms/{sent.Room}/messages")).StatusCode);
    }

    private Task<ChatClient> ConnectAsync(TestUser user, bool messagePack = false) =>
        ChatClient.ConnectAsync(host.Service.Address, user.AccessToken, messagePack);

    private Task<long> CountStoredAsync(string room) =>
        host.Service.Database.GetCollection<BsonDocument>(CollectionNames.Rooms).CountDocumentsAsync(new BsonDocument("name", room));

    private static async Task AssertRefusedAsync(string title, Func<Task> act) =>
        Assert.Contains(title, (await Assert.ThrowsAsync<HubException>(act)).Message, StringComparison.Ordinal);
}
