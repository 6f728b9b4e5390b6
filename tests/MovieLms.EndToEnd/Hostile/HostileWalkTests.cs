using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;

namespace MovieLms.EndToEnd.Hostile;

/// <summary>
/// Hostile requests to every endpoint, each a valid request with one place changed (later two), by every kind of caller:
/// 240 per endpoint with <c>MOVIELMS_TEST_SCALE=full</c>, else 12. <c>MOVIELMS_TEST_SEED</c> draws others.
/// </summary>
public sealed class HostileWalkTests(Campus campus) : IClassFixture<Campus>
{
    private const int Concurrency = 4;
    private const long MaxGrowth = 100 * 1024 * 1024;
    private static readonly bool IsFull = Environment.GetEnvironmentVariable("MOVIELMS_TEST_SCALE") == "full";
    private static readonly int RequestsPerEndpoint = IsFull ? 240 : 12;
    private static readonly string[] Others = ["anonymous", "stranger", "student", "outsider", "teacher", "admin"];
    private readonly int _seed = int.TryParse(Environment.GetEnvironmentVariable("MOVIELMS_TEST_SEED"), CultureInfo.InvariantCulture, out var given) ? given : 1;
    private readonly ConcurrentQueue<string> _faults = new();
    private readonly ConcurrentDictionary<string, int> _sent = new();
    private readonly ConcurrentDictionary<int, int> _statuses = new();
    private int _reached;

    [Fact]
    public async Task No_hostile_request_fails_the_service_leaks_data_or_grows_its_memory()
    {
        var resources = new CampusResources(campus);
        await resources.ShareAsync();
        var vera = new Vera(campus);
        await vera.PlantAsync();
        using var anonymous = new HttpClient { BaseAddress = campus.Address };
        var operations = WalkOperation.Join(await anonymous.GetFromJsonAsync<JsonElement>("/openapi/v1.json"), out var missing);
        Assert.True(missing.Count == 0, $"WalkTable lacks {string.Join(", ", missing)}");
        var walker = new Walker(campus, resources);
        foreach (var operation in operations) await BaselineAsync(walker, operation);
        Assert.True(_faults.IsEmpty, string.Join('\n', _faults));

        // What a process takes once is no growth; few requests do not show any.
        if (IsFull) await WalkAsync(walker, operations, _seed + 1, RequestsPerEndpoint);
        var before = await MemoryAsync();
        var watch = System.Diagnostics.Stopwatch.StartNew();
        _reached = 0;
        _statuses.Clear();
        _sent.Clear();
        await WalkAsync(walker, operations, _seed, RequestsPerEndpoint);
        var duration = watch.Elapsed;
        var after = await MemoryAsync();
        Report(operations.Count, duration, before, after);

        foreach (var change in await vera.ChangesAsync()) _faults.Enqueue($"stored data changed: {change}");
        var log = campus.Process.Output;
        foreach (var secret in campus.Secrets.Where(log.Contains)) _faults.Enqueue($"a secret was logged: {secret}");
        foreach (var (index, line) in log.Split('\n').Index().Where(pair => pair.Item.StartsWith("fail:") || pair.Item.StartsWith("crit:") || pair.Item.Contains("Unhandled")))
            _faults.Enqueue($"logged: {line} {string.Join(' ', log.Split('\n').Skip(index + 1).Take(4))}");
        if (after - before > MaxGrowth) _faults.Enqueue($"the process grew from {before >> 20} to {after >> 20} MB");
        Assert.True(_faults.IsEmpty, $"{_faults.Count} faults with seed {_seed}:\n{string.Join('\n', _faults.Distinct().Take(100))}");
        Assert.All(operations, operation => Assert.Equal(RequestsPerEndpoint, _sent.GetValueOrDefault(operation.Row.ToString())));
    }

    /// <summary>The valid request, without which the hostile ones would end at the door.</summary>
    private async Task BaselineAsync(Walker walker, WalkOperation operation)
    {
        using var http = new RawHttp(campus.Address);
        var response = await walker.SendAsync(http, Draft.Of(operation.Row), operation.Row.Caller);
        if (response?.Status != operation.Row.Status) _faults.Enqueue($"{operation.Row}: {response?.Status} instead of {operation.Row.Status} {response?.Text}");
    }

    private async Task WalkAsync(Walker walker, IReadOnlyList<WalkOperation> operations, int seed, int count) =>
        await Parallel.ForEachAsync(operations, new ParallelOptions { MaxDegreeOfParallelism = Concurrency }, async (operation, _) =>
        {
            var random = new Random(Hash(seed, operation.Row.ToString()));
            using var http = new RawHttp(campus.Address);
            foreach (var mutation in Mutation.Of(operation, random, count))
            {
                var draft = Draft.Of(operation.Row);
                mutation.Apply(draft);
                draft.Change = mutation.Name;
                // Mostly somebody who may: the others are stopped at the door.
                var caller = random.Next(10) < 7 ? operation.Row.Caller : operation.Row.Caller == "fresh" ? "anonymous" : Others[random.Next(Others.Length)];
                _sent.AddOrUpdate(operation.Row.ToString(), 1, (_, sent) => sent + 1);
                foreach (var fault in await JudgeAsync(walker, http, operation, draft, caller))
                    _faults.Enqueue($"{caller} {operation.Row}, {draft.Change}: {fault}");
            }
        });

    private async Task<IReadOnlyList<string>> JudgeAsync(Walker walker, RawHttp http, WalkOperation operation, Draft draft, string caller)
    {
        try
        {
            var response = await walker.SendAsync(http, draft, caller);
            _statuses.AddOrUpdate(response?.Status ?? 0, 1, (_, sent) => sent + 1);
            if (response is not null && !Verdict.AtTheDoor.Contains(response.Status)) Interlocked.Increment(ref _reached);
            return [.. Verdict.Of(operation, draft, response, caller)];
        }
        catch (TimeoutException e)
        {
            return [e.Message];
        }
    }

    private async Task<long> MemoryAsync()
    {
        if (!IsFull) return 0;
        for (var i = 0; i < 2; i++) await HeapProbe.CollectAsync(campus.Process.Id);
        return campus.Process.ResidentBytes;
    }

    private void Report(int endpoints, TimeSpan duration, long before, long after)
    {
        var sent = _sent.Values.Sum();
        string[] lines =
        [
            $"Seed {_seed}: {sent} requests to {endpoints} endpoints in {duration.TotalSeconds:N0} s, {_reached} past the door; {before >> 20} MB before, {after >> 20} MB after",
            $"Statuses: {string.Join(", ", _statuses.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key} × {pair.Value}"))}",
            .. _sent.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Value} × {pair.Key}"),
        ];
        foreach (var line in lines) TestContext.Current.TestOutputHelper?.WriteLine(line);
        if (Environment.GetEnvironmentVariable("MOVIELMS_TEST_FIGURES") is { Length: > 0 } file) File.AppendAllLines(file, lines);
    }

    /// <summary>The same in every process, which string.GetHashCode is not.</summary>
    private static int Hash(int seed, string text) => text.Aggregate(seed, (hash, letter) => unchecked((hash * 31) + letter));
}
