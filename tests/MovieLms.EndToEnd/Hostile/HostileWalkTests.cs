using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using MovieLms.Testing;

namespace MovieLms.EndToEnd.Hostile;

/// <summary>
/// Sends hostile requests to every endpoint as every kind of caller. Each is a valid request with one mutation, or two once the
/// single ones are used up. Sends 12 per endpoint, or 240 with <c>MOVIELMS_TEST_SCALE=full</c>. <c>MOVIELMS_TEST_SEED</c> selects others.
/// </summary>
public sealed class HostileWalkTests
{
    private const int Concurrency = 4;
    private const long MaxGrowth = 100 * 1024 * 1024;
    private static readonly bool IsFull = TestEnvironment.IsFullScale;
    private static readonly int RequestsPerEndpoint = IsFull ? 240 : 12;
    private static readonly string[] Others = ["anonymous", "stranger", "student", "outsider", "teacher", "admin"];
    private readonly int _seed = int.TryParse(
        Environment.GetEnvironmentVariable("MOVIELMS_TEST_SEED"),
        CultureInfo.InvariantCulture,
        out var value
    )
        ? value
        : 1;
    private readonly ConcurrentQueue<string> _faults = new();
    private readonly ConcurrentDictionary<string, int> _sent = new();
    private readonly ConcurrentDictionary<int, int> _statuses = new();
    private int _reached;

    /// <summary>The gateway is tested at full scale only, since the start page is its only endpoint of its own.</summary>
    public static TheoryData<bool> Gateway { get; } = IsFull ? [false, true] : [false];

    [Theory]
    [MemberData(nameof(Gateway))]
    public async Task Hostile_requests_do_not_break_the_service_leak_data_or_grow_its_memory(bool isBehindGateway)
    {
        await using var campus = await Campus.StartAsync(isBehindGateway);
        var resources = new CampusResources(campus);
        await resources.CreateSharedAsync();
        var vera = new Vera(campus);
        await vera.PlantAsync();
        using var anonymous = new HttpClient { BaseAddress = campus.Address };
        var operations = WalkOperation.Join(await anonymous.GetFromJsonAsync<JsonElement>("/openapi/v1.json"), out var missing);
        Assert.True(missing.Count == 0, $"WalkTable lacks {string.Join(", ", missing)}");
        operations =
        [
            .. operations.Where(operation => !isBehindGateway || !operation.Row.Path.StartsWith("/mail", StringComparison.Ordinal)),
        ];
        var walker = new Walker(campus, resources);
        foreach (var operation in operations)
            await CheckBaselineAsync(walker, operation);
        Assert.True(_faults.IsEmpty, string.Join('\n', _faults));

        // One-time allocations are not growth, and a few requests do not show growth.
        if (IsFull)
            await WalkAsync(walker, operations, _seed + 1, RequestsPerEndpoint);
        var before = IsFull ? await campus.Processes.MeasureAsync() : new Dictionary<string, long>();
        (_reached, var watch) = (0, Stopwatch.StartNew());
        _statuses.Clear();
        _sent.Clear();
        await WalkAsync(walker, operations, _seed, RequestsPerEndpoint);
        Report(operations.Count, watch.Elapsed);
        if (IsFull)
            CompareMemory(before, await campus.Processes.MeasureAsync());

        foreach (var change in await vera.FindChangesAsync())
            _faults.Enqueue($"stored data changed: {change}");
        CheckLog(campus);
        Assert.True(_faults.IsEmpty, $"{_faults.Count} faults with seed {_seed}:\n{string.Join('\n', _faults.Distinct().Take(100))}");
        Assert.All(operations, operation => Assert.Equal(RequestsPerEndpoint, _sent.GetValueOrDefault(operation.Row.ToString())));
    }

    private void CheckLog(Campus campus)
    {
        var log = campus.Processes.Output;
        foreach (var secret in campus.Secrets.Where(log.Contains))
            _faults.Enqueue($"a secret was logged: {secret}");
        var lines = log.Split('\n');
        foreach (
            var (index, line) in lines
                .Index()
                .Where(pair =>
                    pair.Item.StartsWith("fail:", StringComparison.Ordinal) || pair.Item.StartsWith("crit:", StringComparison.Ordinal)
                )
        )
        {
            _faults.Enqueue($"logged: {line} {string.Join(' ', lines.Skip(index + 1).Take(4))}");
        }
    }

    private void CompareMemory(IReadOnlyDictionary<string, long> before, IReadOnlyDictionary<string, long> after)
    {
        foreach (var (process, bytes) in after)
        {
            Figures.Report($"{process}: {before[process] >> 20} MB before, {bytes >> 20} MB after");
            if (bytes - before[process] > MaxGrowth)
                _faults.Enqueue($"{process} grew from {before[process] >> 20} to {bytes >> 20} MB");
        }
    }

    /// <summary>Checks that the unmodified request succeeds. Otherwise its mutations would not reach the handler.</summary>
    private async Task CheckBaselineAsync(Walker walker, WalkOperation operation)
    {
        using var http = walker.Connect();
        var response = await walker.SendAsync(http, Draft.Of(operation.Row), operation.Row.Caller);
        if (response?.Status != operation.Row.Status)
            _faults.Enqueue($"{operation.Row}: {response?.Status} instead of {operation.Row.Status} {response?.Text}");
    }

    private async Task WalkAsync(Walker walker, IReadOnlyList<WalkOperation> operations, int seed, int count) =>
        await Parallel.ForEachAsync(
            operations,
            new ParallelOptions { MaxDegreeOfParallelism = Concurrency },
            async (operation, _) =>
            {
                var random = new Random(Hash(seed, operation.Row.ToString()));
                using var http = walker.Connect();
                foreach (var mutation in Mutation.Of(operation, random, count))
                {
                    var draft = Draft.Of(operation.Row);
                    mutation.Apply(draft);
                    draft.Change = mutation.Name;
                    // Mostly an authorized caller, since requests of others are rejected before they reach the handler.
                    var caller =
                        random.Next(10) < 7 ? operation.Row.Caller
                        : operation.Row.Caller == "fresh" ? "anonymous"
                        : Others[random.Next(Others.Length)];
                    _sent.AddOrUpdate(operation.Row.ToString(), 1, (_, sent) => sent + 1);
                    foreach (var fault in await JudgeAsync(walker, http, operation, draft, caller))
                        _faults.Enqueue($"{caller} {operation.Row}, {draft.Change}: {fault}");
                }
            }
        );

    private async Task<IReadOnlyList<string>> JudgeAsync(Walker walker, RawHttp http, WalkOperation operation, Draft draft, string caller)
    {
        try
        {
            var response = await walker.SendAsync(http, draft, caller);
            _statuses.AddOrUpdate(response?.Status ?? 0, 1, (_, sent) => sent + 1);
            if (response is not null && !Verdict.NotHandled.Contains(response.Status))
                Interlocked.Increment(ref _reached);
            return [.. Verdict.FindFaults(operation, draft, response, caller)];
        }
        catch (TimeoutException e)
        {
            return [e.Message];
        }
    }

    private void Report(int endpoints, TimeSpan duration)
    {
        Figures.Report(
            $"Seed {_seed}: {_sent.Values.Sum()} requests to {endpoints} endpoints in {duration.TotalSeconds:N0} s, {_reached} handled"
        );
        Figures.Report($"Statuses: {string.Join(", ", _statuses.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key} × {pair.Value}"))}");
        foreach (var (endpoint, sent) in _sent.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            Figures.Report($"{sent} × {endpoint}");
    }

    /// <summary>Returns a hash that, unlike string.GetHashCode, is the same in every process.</summary>
    private static int Hash(int seed, string text) => text.Aggregate(seed, (hash, letter) => unchecked((hash * 31) + letter));
}
