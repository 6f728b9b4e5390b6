using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using MovieLms.Realtime.Contracts;
using MovieLms.Realtime.Presence;
using MovieLms.Realtime.Tests.Chat;
using MovieLms.Testing;

namespace MovieLms.Realtime.Tests.Presence;

/// <summary>Snapshots of a room's members that are sent while users join and leave.</summary>
public sealed class SnapshotTests
{
    private const int Users = 4;
    private const int Rounds = 50;

    [Fact]
    public async Task A_snapshot_that_overtakes_a_join_is_corrected()
    {
        var settings = new Dictionary<string, string?>
        {
            ["Realtime:PresenceTtl"] = "00:00:02",
            ["Realtime:JoinsPerTenSeconds"] = "100000",
        };
        await using var host = await ServiceHost.StartAsync(new ServiceHostOptions { Settings = settings });
        await using var other = await ServiceHost.StartAsync(
            new ServiceHostOptions
            {
                Name = host.Name,
                Services = Services.Realtime,
                Settings = new Dictionary<string, string?>(settings) { ["services:apiservice:http:0"] = host.Address.ToString() },
            }
        );
        var presence = host.App.Services.GetRequiredService<RoomPresence>();
        var tokens = await Task.WhenAll(Enumerable.Range(0, Users).Select(_ => host.SignInStudentAsync()));
        var clients = await Task.WhenAll(
            tokens.Select((user, i) => ChatClient.ConnectAsync(i == 0 ? host.Address : other.Address, user.AccessToken))
        );
        var known = clients.Select(_ => new Members()).ToArray();
        foreach (var (client, members) in clients.Zip(known))
            members.Follow(client.Hub);
        await clients[0].JoinAsync("lobby");

        var expected = tokens.Select(user => user.Id).Order().ToArray();
        for (var round = 0; round < Rounds; round++)
        {
            using var stop = new CancellationTokenSource();
            var snapshots = Enumerable.Range(0, 2).Select(_ => SendSnapshotsAsync(presence, stop.Token)).ToArray();
            await Task.WhenAll(clients.Skip(1).Select(client => client.JoinAsync("lobby")));
            await stop.CancelAsync();
            await Task.WhenAll(snapshots);

            await Eventually.WaitUntilAsync(
                () => Task.FromResult(known[0].Ids.SequenceEqual(expected)),
                $"the first client sees all {Users} in round {round}",
                10
            );
            await Task.WhenAll(clients.Skip(1).Select(client => client.Hub.InvokeAsync("LeaveRoom", "lobby")));
            await Eventually.WaitUntilAsync(() => Task.FromResult(known[0].Ids.Length == 1), $"all others have left in round {round}", 10);
        }

        foreach (var client in clients)
            await client.DisposeAsync();
    }

    private static async Task SendSnapshotsAsync(RoomPresence presence, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
            await presence.SendSnapshotsAsync(CancellationToken.None);
    }

    private sealed class Members
    {
        private readonly Lock _lock = new();
        private readonly HashSet<string> _ids = [];

        internal string[] Ids
        {
            get
            {
                lock (_lock)
                    return [.. _ids.Order()];
            }
        }

        internal void Follow(HubConnection hub)
        {
            hub.On<MemberEvent>("UserJoined", joined => Change(ids => ids.Add(joined.User.Id)));
            hub.On<MemberEvent>("UserLeft", left => Change(ids => ids.Remove(left.User.Id)));
            hub.On<PresenceSnapshot>(
                "PresenceChanged",
                snapshot =>
                    Change(ids =>
                    {
                        ids.Clear();
                        ids.UnionWith(snapshot.Members.Select(user => user.Id));
                    })
            );
        }

        private void Change(Action<HashSet<string>> change)
        {
            lock (_lock)
                change(_ids);
        }
    }
}
