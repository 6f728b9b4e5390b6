using System.Globalization;
using MovieLms.Testing.Processes;

namespace MovieLms.Bench.Chat;

/// <summary>
/// Compares a node of Realtime with a bare SignalR hub, each in its own process: fan-out to a room of 100 clients with and without storing,
/// latency at half of that load, memory per idle connection, and chat at size (<see cref="SizeBench"/>). The exit code is 1 if a limit is
/// exceeded.
/// </summary>
internal static class ChatBench
{
    private const int Members = 100;
    private const int Rounds = 6;
    private const double MinShareUnstored = 0.80;
    private const double MinShareStored = 0.50;
    private const double MaxMemoryRatio = 1.3;
    private static readonly TimeSpan RoundTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan PacedTime = TimeSpan.FromSeconds(10);

    private const int IdleConnections = 5_000;
    private const int SizeConnections = 5_000;
    private const int SizeRoomMembers = 1_000;

    /// <param name="args"><c>fan-out</c>, <c>idle</c>, <c>size</c> or <c>nodes</c> to run only that part. The numbers of connections and of
    /// members per room may follow the last two.</param>
    internal static async Task<int> RunAsync(string[] args)
    {
        var (runsFanOut, runsIdle) = (args is [] or ["fan-out"], args is [] or ["idle"]);
        var (runsSize, runsNodes) = (args is [] or ["size", ..], args is [] or ["nodes", ..]);
        var connections = args is ["size" or "nodes", var number, ..] ? int.Parse(number, CultureInfo.InvariantCulture) : SizeConnections;
        var roomMembers = args is ["size" or "nodes", _, var members] ? int.Parse(members, CultureInfo.InvariantCulture) : SizeRoomMembers;
        await using var installation = await Installation.StartAsync(
            new Dictionary<string, string?>
            {
                ["RateLimits__LoginAddress__Permits"] = "1000000",
                // Signing in thousands of users must not take minutes.
                ["Auth__BcryptCost"] = "4",
                ["RateLimits__RequestsPerSecond"] = "1000000",
            }
        );
        // These are not measured and would use the machine's resources.
        await installation.KillAsync("Realtime");
        await installation.KillAsync("Worker");
        var count = Math.Max(Members, Math.Max(runsIdle ? IdleConnections : 0, runsSize || runsNodes ? connections : 0));
        var users = await ChatUsers.SignInAsync(installation.Services.Api, installation.Mongo, count);
        string[] tokens = [.. users.Select(user => user.Token)];

        var isFast = !runsFanOut || await FanOutAsync(installation, tokens[..Members]);
        var isSmall = !runsIdle || await IdleAsync(installation, tokens[..IdleConnections]);
        var isBounded = !runsSize || await SizeBench.CompareWithBareAsync(installation, users[..connections], roomMembers);
        var scales = !runsNodes || await SizeBench.CompareNodesAsync(installation, users[..connections], roomMembers);
        return isFast && isSmall && isBounded && scales ? 0 : 1;
    }

    private static async Task<bool> FanOutAsync(Installation installation, string[] tokens)
    {
        var nodes = new List<(NodeKind Kind, BenchNode Node, LiveClients Clients, FanOut Room, List<double> Rates)>();
        try
        {
            foreach (var kind in Enum.GetValues<NodeKind>())
            {
                var node = await BenchNode.StartAsync(installation, kind);
                var clients = await LiveClients.ConnectAsync(node.Address, tokens);
                nodes.Add((kind, node, clients, await FanOut.JoinAsync(clients), []));
                await nodes[^1].Room.SaturateAsync(RoundTime);
            }
            // In turn, so that other load on the machine affects all nodes.
            for (var round = 0; round < Rounds; round++)
            {
                foreach (var (_, _, _, room, rates) in nodes)
                    rates.Add(await room.SaturateAsync(RoundTime));
            }

            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{$"to {Members} clients", -12} {"deliveries/s", 12} {"of bare", 8} {"p50 ms", 8} {"p99 ms", 8} at half that load"
                )
            );
            var isWithinLimits = true;
            foreach (var (kind, _, _, room, rates) in nodes)
            {
                var rate = rates.Average();
                var share = rate / nodes[0].Rates.Average();
                var delays = await room.PaceAsync(rate / Members / 2, PacedTime);
                Console.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{kind, -12} {rate, 12:N0} {share, 8:P0} {delays[delays.Length / 2], 8:N1} {delays[(int)(delays.Length * 0.99)], 8:N1}"
                    )
                );
                isWithinLimits &= share >= (kind == NodeKind.Unstored ? MinShareUnstored : MinShareStored);
            }
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"limits: at least {MinShareUnstored:P0} without storing, {MinShareStored:P0} with storing\n"
                )
            );
            return isWithinLimits;
        }
        finally
        {
            foreach (var (_, node, clients, _, _) in nodes)
            {
                await clients.DisposeAsync();
                await node.DisposeAsync();
            }
        }
    }

    private static async Task<bool> IdleAsync(Installation installation, string[] tokens)
    {
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{$"{tokens.Length:N0} idle", -12} {"live B each", 12} {"of bare", 8} {"resident B each", 16} {"of bare", 8}"
            )
        );
        NodeMemory? bare = null;
        var isWithinLimits = true;
        foreach (var kind in new[] { NodeKind.Bare, NodeKind.Stored })
        {
            await using var node = await BenchNode.StartAsync(installation, kind);
            var each = await MeasureMemoryAsync(node, tokens);
            bare ??= each;
            var (live, resident) = ((double)each.Live / bare.Value.Live, (double)each.Resident / bare.Value.Resident);
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{kind, -12} {each.Live, 12:N0} {live, 8:P0} {each.Resident, 16:N0} {resident, 8:P0}"
                )
            );
            isWithinLimits &= live <= MaxMemoryRatio;
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"limit: at most {MaxMemoryRatio:P0} of the bare hub's live bytes"));
        return isWithinLimits;
    }

    /// <summary>Returns the node's memory growth per connection, without the one-time cost of the first connections.</summary>
    private static async Task<NodeMemory> MeasureMemoryAsync(BenchNode node, string[] tokens)
    {
        const int First = 100;
        await using var first = await LiveClients.ConnectAsync(node.Address, tokens[..First]);
        await Task.Delay(SettleTime);
        var before = await node.MemoryAsync();
        await using var rest = await LiveClients.ConnectAsync(node.Address, tokens[First..]);
        await Task.Delay(SettleTime);
        var after = await node.MemoryAsync();
        var count = tokens.Length - First;
        return new NodeMemory((after.Live - before.Live) / count, (after.Resident - before.Resident) / count);
    }
}
