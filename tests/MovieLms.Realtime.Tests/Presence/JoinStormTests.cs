using System.Diagnostics;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Options;
using MovieLms.Realtime.Contracts;
using MovieLms.Realtime.Tests.Chat;
using MovieLms.Testing;

namespace MovieLms.Realtime.Tests.Presence;

/// <summary>Many users join one room on two nodes: the number of presence events does not grow with the square of the users.</summary>
public sealed class JoinStormTests
{
    private static readonly int Users = TestEnvironment.IsFullScale ? 300 : 100;
    private const int SmallRoom = 20;
    private const int Parallelism = 16;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    [Fact]
    public async Task Joins_of_a_large_room_are_sent_as_counts_and_a_room_that_shrinks_receives_its_members()
    {
        var settings = new Dictionary<string, string?>
        {
            ["Realtime:SmallRoomMembers"] = $"{SmallRoom}",
            ["Realtime:MemberCountInterval"] = $"{Interval}",
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
        var members = new Member[Users];
        await Parallel.ForAsync(
            0,
            Users,
            new ParallelOptions { MaxDegreeOfParallelism = 8 },
            async (i, _) => members[i] = await Member.ConnectAsync(i % 2 == 0 ? host : other, await host.SignInStudentAsync())
        );

        var clock = Stopwatch.StartNew();
        var joined = new JoinedRoom[Users];
        await Parallel.ForAsync(
            0,
            Users,
            new ParallelOptions { MaxDegreeOfParallelism = Parallelism },
            async (i, _) => joined[i] = await members[i].Hub.InvokeAsync<JoinedRoom>("JoinRoom", "lobby", CancellationToken.None)
        );
        await Eventually.WaitUntilAsync(
            () => Task.FromResult(members.All(member => member.Count == Users)),
            $"every member knows the count of {Users}"
        );
        var intervals = (int)(clock.Elapsed / Interval) + 2;
        Assert.InRange(members.Sum(member => member.Joins), 1, SmallRoom * SmallRoom);
        Assert.All(members, member => Assert.InRange(member.Counts, 1, intervals));
        Assert.All(joined, result => Assert.InRange(result.Members.Count, 1, SmallRoom));
        // The responses to concurrent joins may overtake one another.
        Assert.InRange(joined.Max(result => result.MemberCount), Users - Parallelism, Users);
        Assert.All(joined.Zip(members), pair => Assert.Contains(pair.First.Members, user => user.Id == pair.Second.User.Id));
        Assert.Equal(Users, (await members[0].Hub.InvokeAsync<ChatUser[]>("GetPresence", "lobby")).Length);

        const int Remaining = SmallRoom / 2;
        var before = members[0].Leaves;
        await Task.WhenAll(members[Remaining..].Select(member => member.Hub.InvokeAsync("LeaveRoom", "lobby")));
        var expected = members[..Remaining].Select(member => member.User.Id).Order().ToArray();
        await Eventually.WaitUntilAsync(
            () => Task.FromResult(members[..Remaining].All(member => member.Ids.SequenceEqual(expected))),
            "the remaining members know each other"
        );
        Assert.InRange(members[0].Leaves - before, 0, SmallRoom);
        foreach (var member in members)
            await member.Hub.DisposeAsync();
    }

    [Fact]
    public async Task Typing_is_limited_and_read_marks_are_private_in_a_large_room()
    {
        var settings = new Dictionary<string, string?> { ["Realtime:SmallRoomMembers"] = "10", ["Realtime:TypingInterval"] = "00:01:00" };
        await using var host = await ServiceHost.StartAsync(new ServiceHostOptions { Settings = settings });
        var members = await Task.WhenAll(
            Enumerable.Range(0, 12).Select(async _ => await Member.ConnectAsync(host, await host.SignInStudentAsync()))
        );
        foreach (var member in members)
            await member.Hub.InvokeAsync("JoinRoom", "lobby");
        await members[0].Hub.InvokeAsync("SendMessage", "lobby", "hello", "1");
        foreach (var member in members[1..])
        {
            await member.Hub.InvokeAsync("StartTyping", "lobby");
            await member.Hub.InvokeAsync("MarkRead", "lobby", 1L);
        }
        await Eventually.WaitUntilAsync(() => Task.FromResult(members[1..].All(member => member.Reads == 1)), "the own read marks arrive");
        Assert.Equal((5, 0), (members[0].Typing, members[0].Reads));
        foreach (var member in members)
            await member.Hub.DisposeAsync();
    }

    [Theory]
    [InlineData("SmallRoomMembers", "1")]
    [InlineData("SmallRoomMembers", "1001")]
    [InlineData("MemberCountInterval", "00:00:00")]
    public async Task A_setting_out_of_range_prevents_the_start(string name, string value)
    {
        var options = new ServiceHostOptions { Settings = new Dictionary<string, string?> { ["Realtime:" + name] = value } };
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => ServiceHost.StartAsync(options));
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    private sealed class Member
    {
        private readonly Lock _lock = new();
        private readonly HashSet<string> _ids = [];

        private Member(HubConnection hub, TestUser user) => (Hub, User) = (hub, user);

        internal HubConnection Hub { get; }
        internal TestUser User { get; }
        internal int Joins { get; private set; }
        internal int Leaves { get; private set; }
        internal int Counts { get; private set; }
        internal long Count { get; private set; }
        internal int Typing { get; private set; }
        internal int Reads { get; private set; }

        internal string[] Ids
        {
            get
            {
                lock (_lock)
                    return [.. _ids.Order()];
            }
        }

        internal static async Task<Member> ConnectAsync(ServiceHost node, TestUser user)
        {
            var member = new Member((await ChatClient.ConnectAsync(node.Address, user.AccessToken)).Hub, user);
            member.On<MemberEvent>("UserJoined", joined => (member.Joins++, member._ids.Add(joined.User.Id)));
            member.On<MemberEvent>("UserLeft", left => (member.Leaves++, member._ids.Remove(left.User.Id)));
            member.On<MemberCount>("MemberCountChanged", changed => (member.Counts++, member.Count = changed.Count));
            member.On<MemberEvent>("UserTyping", _ => member.Typing++);
            member.On<ReadEvent>("MessageRead", _ => member.Reads++);
            member.On<PresenceSnapshot>(
                "PresenceChanged",
                snapshot =>
                {
                    member._ids.Clear();
                    member._ids.UnionWith(snapshot.Members.Select(user => user.Id));
                    return 0;
                }
            );
            return member;
        }

        private void On<T>(string name, Func<T, object> change) =>
            Hub.On<T>(
                name,
                argument =>
                {
                    lock (_lock)
                        change(argument);
                }
            );
    }
}
