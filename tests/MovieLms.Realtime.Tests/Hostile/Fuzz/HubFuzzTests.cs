using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using MovieLms.Realtime.Hubs;

namespace MovieLms.Realtime.Tests.Hostile.Fuzz;

/// <summary>
/// Sends at least 200 hostile inputs to every hub method in each protocol. Each is refused, tolerated or closes its connection;
/// the process logs no error and no token, and its memory does not grow.
/// </summary>
public sealed class HubFuzzTests(FuzzedServer server) : IClassFixture<FuzzedServer>
{
    private const int MinInputs = 200;
    private const long MaxGrowthBytes = 100L * 1024 * 1024;

    [Fact]
    public void Every_hub_method_is_in_the_table() =>
        Assert.Equal(
            typeof(ChatHub)
                .GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
                .Select(method => method.Name)
                .Where(name => !name.StartsWith("On", StringComparison.Ordinal))
                .Order(),
            HubMethods.All.Select(method => method.Name).Order()
        );

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Hostile_calls_do_no_harm(bool messagePack)
    {
        // Warms up code and pools with the same calls.
        foreach (var method in HubMethods.All)
            await RunAsync(method, messagePack, 60, new ConcurrentBag<string>());
        var before = server.Process.ResidentBytes;
        var stuck = new ConcurrentBag<string>();
        var counts = new ConcurrentDictionary<string, int[]>();
        await Parallel.ForEachAsync(
            HubMethods.All,
            new ParallelOptions { MaxDegreeOfParallelism = 4 },
            async (method, _) => counts[method.Name] = await RunAsync(method, messagePack, int.MaxValue, stuck)
        );
        var growth = server.Process.ResidentBytes - before;

        foreach (var (name, count) in counts.OrderBy(pair => pair.Key))
            Write($"{name}: {count.Sum()} inputs: {count[0]} refused, {count[1]} tolerated, {count[2]} closed, {count[3]} stuck");
        Write(
            $"Total: {counts.Values.Sum(count => count.Sum())} inputs in {(messagePack ? "MessagePack" : "JSON")}; the process grew by {growth / 1024 / 1024} MB"
        );
        Assert.Empty(stuck);
        Assert.All(counts, pair => Assert.True(pair.Value.Sum() >= MinInputs, $"{pair.Key} got {pair.Value.Sum()} inputs."));
        Assert.False(server.Process.HasExited);
        Assert.InRange(growth, long.MinValue, MaxGrowthBytes);
        AssertCleanLog();
    }

    private async Task<int[]> RunAsync(HubMethod method, bool messagePack, int limit, ConcurrentBag<string> stuck)
    {
        using var client = new FuzzClient(server.Address, server.Token, messagePack);
        var random = new Random(method.Name.Sum(letter => letter));
        var counts = new int[4];
        foreach (var input in (messagePack ? MessagePackInputs.Of(method, random) : JsonInputs.Of(method, random)).Take(limit))
        {
            var outcome = await client.SendAsync(input);
            counts[(int)outcome]++;
            if (outcome == Outcome.Stuck)
                stuck.Add($"{method.Name}: {input.Name}");
        }
        return counts;
    }

    private void AssertCleanLog()
    {
        var lines = server.Process.Output.Split('\n');
        Assert.Contains(lines, line => line.Contains("Microsoft.AspNetCore.Http.Connections", StringComparison.Ordinal));
        Assert.DoesNotContain(
            lines,
            line => line.StartsWith("fail:", StringComparison.Ordinal) || line.StartsWith("crit:", StringComparison.Ordinal)
        );
        Assert.DoesNotContain(lines, line => line.Contains("Unhandled exception", StringComparison.Ordinal));
        var secret = server.Token.Split('.')[^1];
        Assert.DoesNotContain(lines, line => line.Contains(secret, StringComparison.Ordinal));
    }

    private static void Write(string line) =>
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{line}"));
}
