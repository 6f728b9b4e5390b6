using System.Diagnostics;
using System.Globalization;
using MovieLms.Bench.Measuring;
using MovieLms.Testing.Processes;

namespace MovieLms.Bench.Chat;

/// <summary>
/// Measures thousands of connections in rooms of many members: the events of a storm of joins, the latency at half of the maximum load
/// compared with a bare hub, and the processor time per delivery of two nodes compared with one.
/// </summary>
internal static class SizeBench
{
    private const int Rounds = 3;
    private const int WarmUps = 3;
    private const int SendersPerRoom = 8;
    private const int MaxBacklog = 16;
    private const int StormParallelism = 256;
    private const double MaxEventsPerJoin = 100;
    private const double MaxLatencyRatio = 2;
    private const double MaxProcessorTimeRatio = 1.25;
    private const string StormRoom = "lobby";
    private static readonly TimeSpan RoundTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PacedTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan QuietTime = TimeSpan.FromSeconds(6);

    /// <summary>Compares one node with a bare hub, after a storm of joins.</summary>
    internal static async Task<bool> CompareWithBareAsync(Installation installation, SignedInUser[] users, int roomMembers)
    {
        var rooms = await ChatCourses.CreateAsync(installation.Mongo, users.Chunk(roomMembers));
        await using var one = await Cluster.StartAsync("one node", installation, NodeKind.Stored, 1, users, rooms);
        Print($"{users.Length:N0} connections", "events/join", "events/leave", "joined in s");
        var isBounded = await one.StormAsync() <= MaxEventsPerJoin;
        Console.WriteLine($"limit: {MaxEventsPerJoin:N0} events per join\n");
        await one.JoinRoomsAsync();
        await using var bare = await Cluster.StartAsync("bare", installation, NodeKind.Bare, 1, users, rooms);
        await bare.JoinRoomsAsync();
        return await CompareLatencyAsync(bare, one) && isBounded;
    }

    /// <summary>Compares two nodes with one, after a storm of joins on both nodes.</summary>
    internal static async Task<bool> CompareNodesAsync(Installation installation, SignedInUser[] users, int roomMembers)
    {
        // Each has its own rooms: a node reads messages that it may have missed from the database that both share.
        var rooms = await ChatCourses.CreateAsync(installation.Mongo, users.Chunk(roomMembers));
        await using var one = await Cluster.StartAsync("one", installation, NodeKind.Stored, 1, users, rooms);
        rooms = await ChatCourses.CreateAsync(installation.Mongo, users.Chunk(roomMembers));
        await using var two = await Cluster.StartAsync("two nodes", installation, NodeKind.Stored, 2, users, rooms);
        Print($"{users.Length:N0} connections", "events/join", "events/leave", "joined in s");
        var isBounded = await two.StormAsync() <= MaxEventsPerJoin;
        Console.WriteLine($"limit: {MaxEventsPerJoin:N0} events per join\n");
        await one.JoinRoomsAsync();
        await two.JoinRoomsAsync();
        return await CompareProcessorTimeAsync(one, two) && isBounded;
    }

    private static async Task<bool> CompareLatencyAsync(params Cluster[] clusters)
    {
        var rates = clusters.Select(_ => new List<double>()).ToArray();
        var delays = clusters.Select(_ => new List<(double P50, double P99)>()).ToArray();
        await WarmUpAsync(clusters);
        // In turn, so that other load on the machine affects all nodes.
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var (cluster, measured) in clusters.Zip(rates))
                measured.Add(await cluster.SaturateAsync(RoundTime));
        }
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var (i, cluster) in clusters.Index())
                delays[i].Add(await cluster.PaceAsync(rates[i].Median() / 2, PacedTime));
        }
        Print("at half of the maximum", "max. deliv./s", "p50 ms", "p99 ms", "of bare", "rounds");
        foreach (var (i, cluster) in clusters.Index())
        {
            Print(
                cluster.Name,
                Text(rates[i].Median(), "N0"),
                Text(delays[i].Select(delay => delay.P50).Median(), "N1"),
                Text(P99(i), "N1"),
                Text(P99(i) / P99(0), "N2"),
                "   " + string.Join(' ', delays[i].Select(delay => Text(delay.P99, "N0")))
            );
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"limit: at most {MaxLatencyRatio:N2} times the bare hub's p99\n"));
        return P99(1) <= MaxLatencyRatio * P99(0);

        double P99(int i) => delays[i].Select(delay => delay.P99).Median();
    }

    private static async Task<bool> CompareProcessorTimeAsync(params Cluster[] clusters)
    {
        var rate = await WarmUpAsync(clusters) / 2;
        var costs = clusters.Select(_ => new List<double>()).ToArray();
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var (i, cluster) in clusters.Index())
            {
                var (before, received) = (cluster.ProcessorTime, cluster.Received);
                await cluster.PaceAsync(rate, PacedTime);
                costs[i].Add((cluster.ProcessorTime - before).TotalMicroseconds / (cluster.Received - received));
            }
        }
        Print("at the same load", "deliveries/s", "CPU µs/delivery", "of one node", "rounds");
        foreach (var (i, cluster) in clusters.Index())
        {
            Print(
                cluster.Name,
                Text(rate, "N0"),
                Text(costs[i].Median(), "N2"),
                Text(costs[i].Median() / costs[0].Median(), "N2"),
                "   " + string.Join(' ', costs[i].Select(cost => Text(cost, "N1")))
            );
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"limit: at most {MaxProcessorTimeRatio:N2} times one node's CPU\n"));
        return costs[1].Median() <= MaxProcessorTimeRatio * costs[0].Median();
    }

    /// <summary>Lets the processes compile their code, and compile it again after it has run for some time.</summary>
    /// <returns>The lowest number of deliveries per second that was measured.</returns>
    private static async Task<double> WarmUpAsync(Cluster[] clusters)
    {
        var lowest = double.MaxValue;
        for (var round = 0; round < WarmUps; round++)
        {
            foreach (var cluster in clusters)
                lowest = Math.Min(lowest, await cluster.SaturateAsync(RoundTime));
        }
        return lowest;
    }

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private static void Print(string name, params string[] values) =>
        Console.WriteLine(name.PadRight(24) + string.Concat(values.Select(value => value.PadLeft(16))));

    /// <summary>Nodes that share one Redis prefix, with the clients spread over them.</summary>
    private sealed class Cluster(string name, BenchNode[] nodes, LiveClients[] live, ChatSocket[] clients, string[] rooms)
        : IAsyncDisposable
    {
        private readonly FanOut[] _rooms =
        [
            .. clients
                .Chunk((clients.Length + rooms.Length - 1) / rooms.Length)
                .Zip(rooms, (members, room) => new FanOut(room, members, SendersPerRoom, MaxBacklog)),
        ];

        internal string Name => name;

        internal TimeSpan ProcessorTime => new(nodes.Sum(node => node.ProcessorTime.Ticks));

        internal long Received => clients.Sum(client => client.Received);

        internal static async Task<Cluster> StartAsync(
            string name,
            Installation installation,
            NodeKind kind,
            int count,
            SignedInUser[] users,
            string[] rooms
        )
        {
            var nodes = new BenchNode[count];
            var live = new LiveClients[count];
            var clients = new ChatSocket[users.Length];
            for (var n = 0; n < count; n++)
            {
                nodes[n] = await BenchNode.StartAsync(installation, kind, name.Replace(' ', '-'));
                int[] indexes = [.. Enumerable.Range(0, users.Length).Where(i => i % count == n)];
                live[n] = await LiveClients.ConnectAsync(nodes[n].Address, [.. indexes.Select(i => users[i].Token)]);
                foreach (var (position, i) in indexes.Index())
                    clients[i] = live[n].All[position];
            }
            return new Cluster(name, nodes, live, clients, rooms);
        }

        /// <summary>Lets all clients join one room and leave it, and returns the presence events per join.</summary>
        internal async Task<double> StormAsync()
        {
            var (clock, before) = (Stopwatch.StartNew(), PresenceEvents);
            await InvokeAllAsync("JoinRoom", _ => StormRoom);
            var time = clock.Elapsed;
            await Task.Delay(QuietTime);
            var joined = PresenceEvents;
            await InvokeAllAsync("LeaveRoom", _ => StormRoom);
            await Task.Delay(QuietTime);
            var perJoin = (joined - before) / (double)clients.Length;
            Print(name, Text(perJoin, "N1"), Text((PresenceEvents - joined) / (double)clients.Length, "N1"), Text(time.TotalSeconds, "N1"));
            return perJoin;
        }

        internal Task JoinRoomsAsync() => InvokeAllAsync("JoinRoom", i => rooms[i / ((clients.Length + rooms.Length - 1) / rooms.Length)]);

        internal async Task<double> SaturateAsync(TimeSpan time) =>
            (await Task.WhenAll(_rooms.Select(room => room.SaturateAsync(time)))).Sum();

        internal async Task<(double P50, double P99)> PaceAsync(double deliveriesPerSecond, TimeSpan time)
        {
            var delays = await Task.WhenAll(_rooms.Select(room => room.PaceAsync(deliveriesPerSecond / clients.Length, time)));
            var all = delays.SelectMany(room => room).Order().ToArray();
            return (all[all.Length / 2], all[(int)(all.Length * 0.99)]);
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var connected in live)
                await connected.DisposeAsync();
            foreach (var node in nodes)
                await node.DisposeAsync();
        }

        private long PresenceEvents => clients.Sum(client => client.PresenceEvents);

        private Task InvokeAllAsync(string method, Func<int, string> room) =>
            Parallel.ForAsync(
                0,
                clients.Length,
                new ParallelOptions { MaxDegreeOfParallelism = StormParallelism },
                async (i, _) => await clients[i].InvokeAsync(method, room(i))
            );
    }
}
