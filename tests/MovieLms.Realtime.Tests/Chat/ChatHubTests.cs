using System.Net;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using MongoDB.Bson;
using MovieLms.Application.Access;
using MovieLms.Application.Live;
using MovieLms.Data.Chat;
using MovieLms.Data.Notifications;
using MovieLms.Realtime.Chat;
using MovieLms.Realtime.Contracts;
using MovieLms.Realtime.Hubs;
using MovieLms.Testing;

namespace MovieLms.Realtime.Tests.Chat;

public sealed class ChatHubTests(ChatHubTests.Host host) : IClassFixture<ChatHubTests.Host>
{
    public sealed class Host : IAsyncLifetime
    {
        public ServiceHost Service { get; private set; } = null!;

        public async ValueTask InitializeAsync() =>
            Service = await ServiceHost.StartAsync(new ServiceHostOptions { Services = Services.Api | Services.Realtime });

        public ValueTask DisposeAsync() => Service.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_message_is_stored_numbered_and_delivered_to_others_in_either_protocol(bool messagePack)
    {
        var (alice, bob) = (await host.Service.SignInStudentAsync(), await host.Service.SignInStudentAsync());
        await using var a = await ConnectAsync(alice, messagePack);
        await using var b = await ConnectAsync(bob);
        await a.JoinAsync("lobby");
        await b.JoinAsync("lobby");
        await Eventually.WaitUntilAsync(() => Task.FromResult(a.Events.Contains($"joined {bob.Id}")), "the join event arrives");

        var first = await a.SendAsync("lobby", "e\u0301cran <b>large</b>\r\n", "one");
        var second = await a.SendAsync("lobby", "again");
        Assert.Equal(first.Sequence + 1, second.Sequence);
        Assert.Equal(alice.Id, first.From?.Id);
        Assert.Equal("écran <b>large</b>\n", first.Text);
        Assert.Equal(first, await a.SendAsync("lobby", "e\u0301cran <b>large</b>\r\n", "one"));
        await Eventually.WaitUntilAsync(() => Task.FromResult(b.Messages.Any(message => message.Id == second.Id)), "the message arrives");
        var since = await a.Hub.InvokeAsync<IReadOnlyList<ChatMessage>>("GetSince", "lobby", first.Sequence - 1, 100);
        Assert.Equal([first.Id, second.Id], since.Select(message => message.Id).Take(2));
        var before = await a.Hub.InvokeAsync<IReadOnlyList<ChatMessage>>("GetHistory", "lobby", second.Sequence, 1);
        Assert.Equal([first.Id], before.Select(message => message.Id));
        Assert.Superset(
            new HashSet<string> { alice.Id, bob.Id },
            (await a.Hub.InvokeAsync<IReadOnlyList<ChatUser>>("GetPresence", "lobby")).Select(user => user.Id).ToHashSet()
        );
    }

    [Fact]
    public async Task Only_the_author_or_staff_can_change_a_message_and_a_deleted_one_keeps_its_number()
    {
        var (alice, bob, admin) = (
            await host.Service.SignInStudentAsync(),
            await host.Service.SignInStudentAsync(),
            await host.Service.SignInAdminAsync()
        );
        await using var a = await ConnectAsync(alice);
        await using var b = await ConnectAsync(bob);
        await using var staff = await ConnectAsync(admin);
        await b.JoinAsync("lobby");
        var sent = await a.SendAsync("lobby", "draft");
        await AssertRefusedAsync("messageNotFound: ", () => b.Hub.InvokeAsync("EditMessage", sent.Id, "mine now"));
        await AssertRefusedAsync("messageNotFound: ", () => b.Hub.InvokeAsync("DeleteMessage", sent.Id));
        Assert.NotNull((await a.Hub.InvokeAsync<ChatMessage>("EditMessage", sent.Id, "final")).EditedAt);
        var deleted = await staff.Hub.InvokeAsync<ChatMessage>("DeleteMessage", sent.Id);
        Assert.True(deleted is { Deleted: true, Text: null, From: null } && deleted.Sequence == sent.Sequence);
        await Eventually.WaitUntilAsync(() => Task.FromResult(b.Changes.Count == 2), "both changes arrive");
    }

    [Fact]
    public async Task Rooms_of_other_users_and_unknown_rooms_are_not_found()
    {
        var (alice, bob, eve) = (
            await host.Service.SignInStudentAsync(),
            await host.Service.SignInStudentAsync(),
            await host.Service.SignInStudentAsync()
        );
        await using var a = await ConnectAsync(alice);
        await using var e = await ConnectAsync(eve);
        var direct = await a.Hub.InvokeAsync<ChatMessage>("SendDirect", bob.Id, "for you", "d1");
        Assert.Equal(RoomNames.Direct(alice.Id, bob.Id), direct.Room);
        foreach (var room in new[] { direct.Room, $"course:{ObjectId.GenerateNewId()}", "attic", "", $"dm:{eve.Id}:{eve.Id}" })
        {
            await AssertRefusedAsync("roomNotFound: ", () => e.JoinAsync(room));
            await AssertRefusedAsync("roomNotFound: ", () => e.SendAsync(room, "hello"));
            await AssertRefusedAsync("roomNotFound: ", () => e.Hub.InvokeAsync("GetHistory", room, null, 10));
        }
    }

    [Fact]
    public async Task The_21st_message_in_10_seconds_and_a_flood_of_joins_are_refused()
    {
        var user = await host.Service.SignInStudentAsync();
        await using var client = await ConnectAsync(user);
        for (var i = 0; i < 20; i++)
            await client.SendAsync("lobby", $"{i}");
        await AssertRefusedAsync("tooManyRequests: ", () => client.SendAsync("lobby", "one more"));
        var joins = await Task.WhenAll(
            Enumerable
                .Range(0, 1_000)
                .Select(async _ =>
                {
                    try
                    {
                        await client.JoinAsync("lobby");
                        return true;
                    }
                    catch (HubException e)
                    {
                        Assert.Contains("tooManyRequests: ", e.Message, StringComparison.Ordinal);
                        return false;
                    }
                })
        );
        Assert.Contains(false, joins);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("  \n ")]
    [InlineData("bell \a")]
    public async Task Invalid_text_is_refused_with_the_name_of_its_field(string? text)
    {
        await using var client = await ConnectAsync(await host.Service.SignInStudentAsync());
        await AssertRefusedAsync("invalidInput: text: ", () => client.SendAsync("lobby", text!));
    }

    /// <summary>Does not use a client, whose JSON writer would repair the text before sending it.</summary>
    [Fact]
    public void Malformed_Unicode_and_long_text_are_refused()
    {
        Assert.Throws<HubException>(() => ChatText.Message("half \ud83d"));
        Assert.Throws<HubException>(() => ChatText.Message("not a character \ufffe"));
        Assert.Throws<HubException>(() => ChatText.Message("not a character \uffff"));
        Assert.Throws<HubException>(() => ChatText.Message(new string('x', ChatLimits.Text + 1)));
        Assert.Equal(ChatLimits.Text, ChatText.Message(new string('x', ChatLimits.Text)).Length);
    }

    [Fact]
    public async Task Logging_out_closes_the_connection_with_a_reason()
    {
        var user = await host.Service.SignInStudentAsync();
        await using var client = await ConnectAsync(user);
        await client.JoinAsync("lobby");
        (await user.Client.PostAsync("/api/auth/logout", null)).EnsureSuccessStatusCode();
        await Eventually.WaitUntilAsync(
            () => Task.FromResult(client.Hub.State == HubConnectionState.Disconnected),
            "the connection is closed"
        );
        Assert.Contains("ending tokenRevoked", client.Events);
    }

    [Fact]
    public async Task A_notification_arrives_once_live_and_again_on_the_next_connection_while_unread()
    {
        var user = await host.Service.SignInStudentAsync();
        await using var client = await ConnectAsync(user);
        await host
            .Service.App.Services.GetRequiredService<Notifier>()
            .NotifyAsync([ObjectId.Parse(user.Id)], "grade", "Graded", "90", null, "g1", default);
        await Eventually.WaitUntilAsync(() => Task.FromResult(!client.Events.IsEmpty), "the notification arrives");
        await using var later = await ConnectAsync(user);
        await Eventually.WaitUntilAsync(() => Task.FromResult(!later.Events.IsEmpty), "the notification is replayed");
        Assert.Single(client.Events);
        Assert.Equal(client.Events, later.Events);
        Assert.Equal(
            1,
            await host.Service.App.Services.GetRequiredService<NotificationStore>().CountUnreadAsync(ObjectId.Parse(user.Id), 10, default)
        );
    }

    [Fact]
    public async Task Requests_from_other_origins_or_without_a_token_are_refused()
    {
        var user = await host.Service.SignInStudentAsync();
        foreach (
            var (origin, token, status) in new[]
            {
                ("https://evil.example", user.AccessToken, HttpStatusCode.Forbidden),
                ("null", user.AccessToken, HttpStatusCode.Forbidden),
                (null, "", HttpStatusCode.Unauthorized),
                (host.Service.Address.GetLeftPart(UriPartial.Authority), user.AccessToken, HttpStatusCode.OK),
            }
        )
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/hubs/chat/negotiate?negotiateVersion=1&access_token={token}");
            if (origin is not null)
                request.Headers.Add("Origin", origin);
            Assert.Equal(status, (await host.Service.Client.SendAsync(request)).StatusCode);
        }
    }

    [Fact]
    public void Every_hub_method_requires_a_permission()
    {
        var methods = typeof(ChatHub)
            .GetMethods()
            .Where(method =>
                method.DeclaringType == typeof(ChatHub) && !method.Name.StartsWith("On", StringComparison.Ordinal) && !method.IsSpecialName
            )
            .ToArray();
        Assert.True(methods.Length >= 11);
        foreach (var method in methods)
        {
            Assert.Contains(
                method.GetCustomAttributes(typeof(AuthorizeAttribute), true).Cast<AuthorizeAttribute>(),
                data => Permissions.All.Contains(data.Policy)
            );
        }
    }

    private Task<ChatClient> ConnectAsync(TestUser user, bool messagePack = false) =>
        ChatClient.ConnectAsync(host.Service.Address, user.AccessToken, messagePack);

    private static async Task AssertRefusedAsync(string title, Func<Task> act) =>
        Assert.Contains(title, (await Assert.ThrowsAsync<HubException>(act)).Message, StringComparison.Ordinal);
}
