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
    public async Task A_message_is_stored_numbered_and_heard_by_the_others_in_either_protocol(bool messagePack)
    {
        var (alice, bob) = (await host.Service.SignInStudentAsync(), await host.Service.SignInStudentAsync());
        await using var a = await ConnectAsync(alice, messagePack);
        await using var b = await ConnectAsync(bob);
        await a.JoinAsync("lobby");
        await b.JoinAsync("lobby");
        await Eventually.TrueAsync(() => Task.FromResult(a.Events.Contains($"joined {bob.Id}")), "the other's coming is heard");

        var first = await a.SendAsync("lobby", "e\u0301cran <b>large</b>\r\n", "one");
        var second = await a.SendAsync("lobby", "again");
        Assert.Equal(first.Sequence + 1, second.Sequence);
        Assert.Equal(alice.Id, first.From?.Id);
        Assert.Equal("écran <b>large</b>\n", first.Text);
        Assert.Equal(first, await a.SendAsync("lobby", "another text", "one"));
        await Eventually.TrueAsync(() => Task.FromResult(b.Messages.Any(message => message.Id == second.Id)), "the other hears it");
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
    public async Task Only_the_author_or_staff_changes_a_message_and_a_deleted_one_leaves_its_number()
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
        await RefusedAsync("Not found: ", () => b.Hub.InvokeAsync("EditMessage", sent.Id, "mine now"));
        await RefusedAsync("Not found: ", () => b.Hub.InvokeAsync("DeleteMessage", sent.Id));
        Assert.NotNull((await a.Hub.InvokeAsync<ChatMessage>("EditMessage", sent.Id, "final")).EditedAt);
        var gone = await staff.Hub.InvokeAsync<ChatMessage>("DeleteMessage", sent.Id);
        Assert.True(gone is { Deleted: true, Text: null, From: null } && gone.Sequence == sent.Sequence);
        await Eventually.TrueAsync(() => Task.FromResult(b.Changes.Count == 2), "the others hear of both changes");
    }

    [Fact]
    public async Task Rooms_of_others_and_made_up_ones_do_not_exist()
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
            await RefusedAsync("Not found: ", () => e.JoinAsync(room));
            await RefusedAsync("Not found: ", () => e.SendAsync(room, "hello"));
            await RefusedAsync("Not found: ", () => e.Hub.InvokeAsync("GetHistory", room, null, 10));
        }
    }

    [Fact]
    public async Task The_twenty_first_message_in_ten_seconds_is_refused_and_so_are_a_thousand_joins()
    {
        var user = await host.Service.SignInStudentAsync();
        await using var client = await ConnectAsync(user);
        for (var i = 0; i < 20; i++)
            await client.SendAsync("lobby", $"{i}");
        await RefusedAsync("Too many requests: ", () => client.SendAsync("lobby", "one more"));
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
                        Assert.Contains("Too many requests: ", e.Message, StringComparison.Ordinal);
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
    public async Task Text_that_is_none_is_refused_by_name(string? text)
    {
        await using var client = await ConnectAsync(await host.Service.SignInStudentAsync());
        await RefusedAsync("Invalid input: text: ", () => client.SendAsync("lobby", text!));
    }

    /// <summary>Not over a client, whose JSON writer mends such text before it is sent.</summary>
    [Fact]
    public void Half_a_character_is_no_text()
    {
        Assert.Throws<HubException>(() => ChatText.Message("half \ud83d"));
        Assert.Throws<HubException>(() => ChatText.Message("not a character \ufffe"));
        Assert.Throws<HubException>(() => ChatText.Message("not a character \uffff"));
        Assert.Throws<HubException>(() => ChatText.Message(new string('x', ChatLimits.Text + 1)));
        Assert.Equal(ChatLimits.Text, ChatText.Message(new string('x', ChatLimits.Text)).Length);
    }

    [Fact]
    public async Task Logging_out_ends_the_connection_with_a_reason()
    {
        var user = await host.Service.SignInStudentAsync();
        await using var client = await ConnectAsync(user);
        await client.JoinAsync("lobby");
        (await user.Client.PostAsync("/api/auth/logout", null)).EnsureSuccessStatusCode();
        await Eventually.TrueAsync(() => Task.FromResult(client.Hub.State == HubConnectionState.Disconnected), "the connection is ended");
        Assert.Contains("ending tokenRevoked", client.Events);
    }

    [Fact]
    public async Task A_notification_is_heard_once_live_and_again_by_the_next_connection_while_unread()
    {
        var user = await host.Service.SignInStudentAsync();
        await using var client = await ConnectAsync(user);
        await host
            .Service.App.Services.GetRequiredService<Notifier>()
            .NotifyAsync([ObjectId.Parse(user.Id)], "grade", "Graded", "90", null, "g1", default);
        await Eventually.TrueAsync(() => Task.FromResult(!client.Events.IsEmpty), "it is heard");
        await using var later = await ConnectAsync(user);
        await Eventually.TrueAsync(() => Task.FromResult(!later.Events.IsEmpty), "it is heard again");
        Assert.Single(client.Events);
        Assert.Equal(client.Events, later.Events);
        Assert.Equal(
            1,
            await host.Service.App.Services.GetRequiredService<NotificationStore>().CountUnreadAsync(ObjectId.Parse(user.Id), 10, default)
        );
    }

    [Fact]
    public async Task Another_sites_page_is_refused_and_so_is_who_has_no_token()
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
    public void Every_hub_method_names_a_permission()
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

    private static async Task RefusedAsync(string title, Func<Task> act) =>
        Assert.Contains(title, (await Assert.ThrowsAsync<HubException>(act)).Message, StringComparison.Ordinal);
}
