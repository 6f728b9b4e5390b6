using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using MovieLms.Data.Chat;
using MovieLms.Realtime.Connections;
using MovieLms.Realtime.Contracts;
using MovieLms.Realtime.Tests.Chat;
using MovieLms.Testing;

namespace MovieLms.Realtime.Tests.Hostile;

/// <summary>Clients that violate the protocol. Each is refused with a reason, and other connections are not affected.</summary>
public sealed class HostileClientTests(HostileClientTests.Host host) : IClassFixture<HostileClientTests.Host>
{
    private const int MaxConnections = 4;
    private const int MaxMessagesToSlowClient = 3_000;

    public sealed class Host : IAsyncLifetime
    {
        public ServiceHost Service { get; private set; } = null!;

        public async ValueTask InitializeAsync() =>
            Service = await ServiceHost.StartAsync(
                new ServiceHostOptions
                {
                    Services = Services.Api | Services.Realtime,
                    Settings = new Dictionary<string, string?>
                    {
                        ["RateLimits:ChatMessages:Permits"] = "1000000",
                        ["Realtime:OutgoingBufferBytes"] = "65536",
                        ["Realtime:ConnectionsPerUser"] = $"{MaxConnections}",
                        ["Realtime:CallsPerTenSeconds"] = "1000000",
                        ["Realtime:CallsPerUserPerTenSeconds"] = "1000000",
                    },
                }
            );

        public ValueTask DisposeAsync() => Service.DisposeAsync();
    }

    public static TheoryData<string, string> Malformed() =>
        new()
        {
            {
                "oversized",
                "{\"type\":1,\"invocationId\":\"1\",\"target\":\"SendMessage\",\"arguments\":[\"lobby\",\""
                    + new string('x', 40_000)
                    + "\",\"1\"]}"
            },
            { "cut off", """{"type":1,"invocationId":"1",""" },
            { "no object", """[1,2,3]""" },
            { "no type", """{"target":"JoinRoom"}""" },
            { "nested deeply", new string('[', 5_000) },
            { "no text", "\u0000\u0001\u0002" },
        };

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task A_malformed_message_closes_only_its_own_connection(string kind, string message)
    {
        await using var other = await ConnectAsync();
        using var hostile = await OpenAsync();
        await hostile.SendMessageAsync(message);
        var reason = await hostile.CloseReasonAsync();
        Assert.True(reason is not null, $"{kind}: no reason was given");
        Assert.DoesNotContain("   at ", reason, StringComparison.Ordinal);
        Assert.Equal("unharmed", (await other.SendAsync("lobby", "unharmed")).Text);
    }

    [Theory]
    [InlineData("no handshake", "hello")]
    [InlineData("another protocol", """{"protocol":"soap","version":1}""")]
    [InlineData("another version", """{"protocol":"json","version":99}""")]
    public async Task An_invalid_handshake_is_refused(string kind, string handshake)
    {
        var user = await host.Service.SignInStudentAsync();
        using var hostile = await RawWebSocket.ConnectAsync(host.Service.Address, RawHub.Target(user.AccessToken));
        await hostile.SendMessageAsync(handshake);
        var frames = await hostile.ReceiveAllAsync();
        Assert.True(frames.Any(frame => frame.Text.Contains("\"error\"", StringComparison.Ordinal)), kind);
    }

    public static TheoryData<string, byte[]> BrokenFrames() =>
        new()
        {
            { "not masked", RawWebSocket.Frame(1, RawHub.Utf8("{\"type\":6}\u001e"), masked: false) },
            { "reserved opcode", RawWebSocket.Frame(3, [1, 2, 3]) },
            { "control frame too long", RawWebSocket.Frame(9, new byte[200]) },
            { "not UTF-8", RawWebSocket.Frame(1, [0xFF, 0xFE, 0x1E]) },
            { "binary in a text protocol", RawWebSocket.Frame(2, [1, 0x1E, 0x1E]) },
            { "a length beyond all bounds", [0x81, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0] },
        };

    [Theory]
    [MemberData(nameof(BrokenFrames))]
    public async Task An_invalid_frame_closes_only_its_own_connection(string kind, byte[] frame)
    {
        await using var other = await ConnectAsync();
        using var hostile = await OpenAsync();
        await hostile.SendBytesAsync(frame);
        // For an oversized length the server allocates nothing and keeps the connection open, waiting for the data.
        if (kind != "a length beyond all bounds")
            await hostile.ReceiveAllAsync();
        Assert.Equal("unharmed", (await other.SendAsync("lobby", "unharmed")).Text);
    }

    [Theory]
    [InlineData("Shutdown", "[]")]
    [InlineData("OnConnectedAsync", "[]")]
    [InlineData("MessageReceived", "[{}]")]
    [InlineData("SendMessage", "[]")]
    [InlineData("SendMessage", """["lobby","text","id","600000000000000000000001"]""")]
    [InlineData("SendMessage", """["lobby",{"$ne":null},"id"]""")]
    [InlineData("GetSince", """["lobby","everything",1]""")]
    [InlineData("GetSince", """["lobby",0,1000000]""")]
    [InlineData("GetHistory", """[null,null,10]""")]
    [InlineData("MarkRead", """["lobby",9223372036854775807]""")]
    [InlineData("EditMessage", """["{\"$gt\":\"\"}","mine"]""")]
    public async Task An_invalid_call_is_refused_and_the_connection_stays_open(string target, string arguments)
    {
        using var hostile = await OpenAsync();
        var response = await hostile.CallAsync(target, arguments);
        Assert.DoesNotContain("   at ", response.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.False((await hostile.CallAsync("GetPresence", """["lobby"]""", "2")).TryGetProperty("error", out _));
    }

    [Fact]
    public async Task A_client_cannot_send_messages_as_another_user()
    {
        var (eve, bob) = (await host.Service.SignInStudentAsync(), await host.Service.SignInStudentAsync());
        await using var listener = await ChatClient.ConnectAsync(host.Service.Address, bob.AccessToken);
        await listener.JoinAsync("lobby");
        using var hostile = await RawHub.OpenAsync(host.Service.Address, eve.AccessToken);
        // Server messages sent by a client: an event, and a completion of a call that was never made.
        var forged =
            $$"""{"id":"600000000000000000000001","room":"lobby","sequence":1,"from":{"id":"{{bob.Id}}","name":"Bob"},"text":"forged"}""";
        await hostile.SendMessageAsync($$"""{"type":1,"target":"MessageReceived","arguments":[{{forged}}]}""");
        await hostile.SendMessageAsync($$"""{"type":3,"invocationId":"7","result":{{forged}}}""");
        await hostile.CallAsync("JoinRoom", """["lobby"]""", "0");
        var sent = await hostile.CallAsync("SendMessage", $$"""["lobby","from Bob: {{bob.Id}}","f1"]""");
        Assert.Equal(eve.Id, sent.GetProperty("result").GetProperty("from").GetProperty("id").GetString());
        var last = sent.GetProperty("result").GetProperty("id").GetString();
        await Eventually.WaitUntilAsync(
            () => Task.FromResult(listener.Messages.Any(message => message.Id == last)),
            "the genuine message arrives"
        );
        Assert.DoesNotContain(listener.Messages, message => message.Text == "forged");
        Assert.DoesNotContain(listener.Messages, message => message.From?.Id == bob.Id);
    }

    /// <summary>Even with a small buffer, a client that reads must not be mistaken for one that does not.</summary>
    [Fact]
    public async Task A_page_of_the_longest_messages_does_not_disconnect_its_reader()
    {
        var (writer, reader) = (await host.Service.SignInStudentAsync(), await host.Service.SignInStudentAsync());
        await using var writes = await ChatClient.ConnectAsync(host.Service.Address, writer.AccessToken);
        var room = "";
        // Private-use characters are escaped, with six bytes each.
        for (var i = 0; i < ChatLimits.Page; i++)
        {
            room = (
                await writes.Hub.InvokeAsync<ChatMessage>("SendDirect", reader.Id, new string('\uE000', ChatLimits.Text), $"p{i}")
            ).Room;
        }

        await using var reads = await ChatClient.ConnectAsync(host.Service.Address, reader.AccessToken);
        var page = await reads.Hub.InvokeAsync<ChatMessage[]>("GetHistory", room, null, ChatLimits.Page);
        Assert.Equal(ChatLimits.Page, page.Length);
        Assert.All(page, message => Assert.Equal(ChatLimits.Text, message.Text?.Length));
    }

    [Fact]
    public async Task A_client_that_does_not_read_is_disconnected_and_the_others_receive_everything()
    {
        var (slow, fast, sender) = (
            await host.Service.SignInStudentAsync(),
            await host.Service.SignInStudentAsync(),
            await host.Service.SignInStudentAsync()
        );
        await using var reads = await ChatClient.ConnectAsync(host.Service.Address, fast.AccessToken);
        await using var writes = await ChatClient.ConnectAsync(host.Service.Address, sender.AccessToken);
        await reads.JoinAsync("lobby");
        using var idle = await RawHub.OpenAsync(host.Service.Address, slow.AccessToken, receiveBuffer: 4_096);
        await idle.CallAsync("JoinRoom", """["lobby"]""");

        var open = host.Service.App.Services.GetRequiredService<OpenConnections>();
        var sent = 0;
        for (; sent < MaxMessagesToSlowClient && open.GetByUser(slow.Id).Any(); sent++)
            await writes.SendAsync("lobby", new string('x', 4_000));
        Assert.Empty(open.GetByUser(slow.Id));
        await Eventually.WaitUntilAsync(
            () => Task.FromResult(reads.Events.Contains($"left {slow.Id}")),
            "the others receive the leave event"
        );
        await Eventually.WaitUntilAsync(
            () => Task.FromResult(reads.Messages.Count(message => message.From?.Id == sender.Id) >= sent),
            "the reader has received all messages"
        );
        Assert.Equal(sent, reads.Messages.Where(message => message.From?.Id == sender.Id).DistinctBy(message => message.Sequence).Count());
    }

    [Fact]
    public async Task A_user_at_the_connection_limit_can_connect_again_after_closing_one()
    {
        var user = await host.Service.SignInStudentAsync();
        var open = new List<RawWebSocket>();
        var connections = host.Service.App.Services.GetRequiredService<OpenConnections>();
        for (var i = 0; i < MaxConnections; i++)
            open.Add(await RawHub.OpenAsync(host.Service.Address, user.AccessToken));
        // The server responds to the handshake before the hub counts the connection.
        await Eventually.WaitUntilAsync(() => Task.FromResult(connections.GetByUser(user.Id).Count() == MaxConnections), "all are counted");
        // The handshake response and the close message may arrive in one frame.
        using var tooMany = await RawWebSocket.ConnectAsync(host.Service.Address, RawHub.Target(user.AccessToken));
        await tooMany.SendMessageAsync(RawHub.Handshake);
        Assert.Contains(
            $"tooManyRequests: {MaxConnections} connections are open",
            await tooMany.CloseReasonAsync(),
            StringComparison.Ordinal
        );
        open[0].Dispose();
        await Eventually.WaitUntilAsync(
            () => Task.FromResult(connections.GetByUser(user.Id).Count() < MaxConnections),
            "the closed one is removed"
        );
        using var again = await RawHub.OpenAsync(host.Service.Address, user.AccessToken);
        Assert.False((await again.CallAsync("GetPresence", """["lobby"]""")).TryGetProperty("error", out _));
        foreach (var connection in open)
            connection.Dispose();
    }

    [Theory]
    [InlineData("Origin: https://evil.example", 403)]
    [InlineData("Origin: null", 403)]
    [InlineData("Origin: not an origin", 403)]
    [InlineData("X-Nothing: here", 101)]
    public async Task A_handshake_from_another_origin_is_refused(string header, int status)
    {
        var user = await host.Service.SignInStudentAsync();
        using var client = await RawWebSocket.ConnectAsync(host.Service.Address, RawHub.Target(user.AccessToken), [header]);
        Assert.Equal(status, client.Status);
    }

    private async Task<ChatClient> ConnectAsync() =>
        await ChatClient.ConnectAsync(host.Service.Address, (await host.Service.SignInStudentAsync()).AccessToken);

    private async Task<RawWebSocket> OpenAsync() =>
        await RawHub.OpenAsync(host.Service.Address, (await host.Service.SignInStudentAsync()).AccessToken);
}
