using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using MovieLms.Realtime.Backplane;
using MovieLms.Realtime.Contracts;
using MovieLms.ServiceDefaults.Redis;
using MovieLms.Testing;
using MovieLms.Testing.Processes;
using StackExchange.Redis;

namespace MovieLms.Realtime.Tests.Chat;

/// <summary>Two nodes, one of which loses its connection to Redis.</summary>
public sealed class BackplaneTests
{
    [Fact]
    public async Task Events_of_a_disconnected_node_are_published_when_it_reconnects_to_Redis()
    {
        var backing = await BackingServices.GetAsync();
        await using var network = TcpProxy.Before(new Uri("http://" + backing.Redis.Split(',')[0]));
        await using var connected = await ServiceHost.StartAsync();
        await using var disconnected = await ServiceHost.StartAsync(
            new ServiceHostOptions
            {
                Name = connected.Name,
                Services = Services.Realtime,
                Settings = new Dictionary<string, string?>
                {
                    ["ConnectionStrings:redis"] = backing.Redis.Replace(
                        backing.Redis.Split(',')[0],
                        network.Address.Authority,
                        StringComparison.Ordinal
                    ),
                    ["services:apiservice:http:0"] = connected.Address.ToString(),
                },
            }
        );
        var (author, reader) = (await connected.SignInStudentAsync(), await connected.SignInStudentAsync());
        await using var writes = await ChatClient.ConnectAsync(disconnected.Address, author.AccessToken);
        await using var reads = await ChatClient.ConnectAsync(connected.Address, reader.AccessToken);
        await writes.JoinAsync("lobby");
        await reads.JoinAsync("lobby");
        await Eventually.WaitUntilAsync(
            async () =>
            {
                await writes.SendAsync("lobby", "before");
                await Task.Delay(100);
                return reads.Messages.Any(message => message.Text == "before");
            },
            "the nodes are connected",
            30
        );

        network.Unplug();
        var edited = await writes.SendAsync("lobby", "while cut");
        await writes.Hub.InvokeAsync<ChatMessage>("EditMessage", edited.Id, "edited while cut");
        await writes.Hub.InvokeAsync<ChatMessage>("SendDirect", reader.Id, "for you while cut", "d1");
        Assert.DoesNotContain(reads.Messages, message => message.Text == "while cut");
        await Eventually.WaitUntilAsync(
            () => Task.FromResult(writes.Messages.Any(message => message.Text == "while cut")),
            "the node delivers the message to its own clients",
            30
        );
        network.Restore();

        await Eventually.WaitUntilAsync(
            () => Task.FromResult(reads.Messages.Any(message => message.Text == "while cut")),
            "the message arrives",
            30
        );
        await Eventually.WaitUntilAsync(
            () => Task.FromResult(reads.Changes.Any(message => message.Text == "edited while cut")),
            "the change arrives",
            30
        );
        await Eventually.WaitUntilAsync(
            () => Task.FromResult(reads.Messages.Any(message => message.Text == "for you while cut")),
            "the direct message arrives",
            30
        );
        Assert.Equal(
            reads.Messages.Where(message => message.Room == "lobby").Select(message => message.Sequence).Distinct().Count(),
            reads.Messages.Count(message => message.Room == "lobby")
        );
    }

    [Fact]
    public async Task An_unknown_event_of_a_newer_node_does_not_drop_the_events_after_it()
    {
        await using var host = await ServiceHost.StartAsync();
        await using var reader = await ChatClient.ConnectAsync(host.Address, (await host.SignInStudentAsync()).AccessToken);
        await reader.JoinAsync("lobby");
        var message = new ChatMessage("m1", "lobby", 1, null, "after it", DateTime.UnixEpoch, null, null, false);
        var frame = RoomFrame.Calls(
            Guid.NewGuid(),
            [
                """{"groups":["lobby"],"except":null,"event":"Unknown","argument":{}}"""u8.ToArray(),
                RoomCall.Write(["lobby"], null, "MessageReceived", [message]),
            ]
        );
        await Eventually.WaitUntilAsync(
            async () =>
            {
                await host
                    .App.Services.GetRequiredService<IConnectionMultiplexer>()
                    .GetSubscriber()
                    .PublishAsync(host.App.Services.GetRequiredService<RedisNames>().GetChannel("chat"), frame);
                return reader.Messages.Any(received => received.Text == "after it");
            },
            "the event after the unknown one arrives"
        );
    }
}
