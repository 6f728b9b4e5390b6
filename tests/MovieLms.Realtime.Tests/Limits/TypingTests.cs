using System.Diagnostics;
using Microsoft.AspNetCore.SignalR.Client;
using MovieLms.Application.Live;
using MovieLms.Realtime.Tests.Chat;
using MovieLms.Testing;

namespace MovieLms.Realtime.Tests.Limits;

/// <summary>
/// A user sends at most one typing event per room and interval, even if the calls alternate between rooms and connections.
/// </summary>
public sealed class TypingTests
{
    private const double FloodSeconds = 5;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_flood_over_several_rooms_and_connections_is_delivered_once_per_interval(bool messagePack)
    {
        await using var host = await ServiceHost.StartAsync(
            new ServiceHostOptions
            {
                Services = Services.Api | Services.Realtime,
                Settings = new Dictionary<string, string?>
                {
                    ["Realtime:CallsPerTenSeconds"] = "1000000",
                    ["Realtime:CallsPerUserPerTenSeconds"] = "1000000",
                    ["Realtime:ReadsPerTenSeconds"] = "1000000",
                },
            }
        );
        var (attacker, victim) = (await host.SignInStudentAsync(), await host.SignInStudentAsync());
        await using var watches = await ChatClient.ConnectAsync(host.Address, victim.AccessToken, messagePack);
        await using var first = await ChatClient.ConnectAsync(host.Address, attacker.AccessToken, messagePack);
        await using var second = await ChatClient.ConnectAsync(host.Address, attacker.AccessToken, messagePack);
        string[] rooms = ["lobby", RoomNames.Direct(attacker.Id, victim.Id)];
        foreach (var client in new[] { watches, first, second })
        {
            foreach (var room in rooms)
                await client.JoinAsync(room);
        }

        var (flood, calls) = (Stopwatch.StartNew(), 0);
        while (flood.Elapsed.TotalSeconds < FloodSeconds)
        {
            await (calls % 4 < 2 ? first : second).Hub.SendAsync("StartTyping", rooms[calls % 2]);
            // Waits for completed calls, so that the client does not run ahead of the server.
            if (++calls % 500 == 0)
                await Task.WhenAll(first.Hub.InvokeAsync("GetPresence", "lobby"), second.Hub.InvokeAsync("GetPresence", "lobby"));
        }
        await Task.WhenAll(first.Hub.InvokeAsync("GetPresence", "lobby"), second.Hub.InvokeAsync("GetPresence", "lobby"));
        await Task.Delay(200);

        var received = watches.Events.Count(text => text == $"typing {attacker.Id}");
        var intervals = Math.Ceiling(flood.Elapsed.TotalSeconds / 2) + 1;
        Assert.True(calls > 1_000, $"Only {calls} calls were made.");
        Assert.InRange(received, rooms.Length, rooms.Length * intervals);
    }
}
