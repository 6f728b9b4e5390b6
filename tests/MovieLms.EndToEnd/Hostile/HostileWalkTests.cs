using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;

namespace MovieLms.EndToEnd.Hostile;

/// <summary>
/// Hostile requests to every endpoint, each a valid request with one place changed (later two), by every kind of caller:
/// 240 per endpoint with <c>MOVIELMS_TEST_SCALE=full</c>, else 12. <c>MOVIELMS_TEST_SEED</c> draws others.
/// </summary>
public sealed class HostileWalkTests
{
    private const int Concurrency = 4;
    private const long MaxGrowth = 100 * 1024 * 1024;
    private static readonly bool IsFull = Environment.GetEnvironmentVariable("MOVIELMS_TEST_SCALE") == "full";
    private static readonly int RequestsPerEndpoint = IsFull ? 240 : 12;
    private static readonly string[] Others = ["anonymous", "stranger", "student", "outsider", "teacher", "admin"];
    private readonly int _seed = int.TryParse(
        Environment.GetEnvironmentVariable("MOVIELMS_TEST_SEED"),
        CultureInfo.InvariantCulture,
        out var given
    )
        ? given
        : 1;
    private readonly ConcurrentQueue<string> _faults = new();
    private readonly ConcurrentDictionary<string, int> _sent = new();
    private readonly ConcurrentDictionary<int, int> _statuses = new();
    private int _reached;

    /// <summary>Through the gateway at full scale only: it adds no endpoints of its own but the start page.</summary>
    public static TheoryData<bool> Gateway { get; } = IsFull ? [false, true] : [false];

    [Theory]
    [MemberData(nameof(Gateway))]
    public async Task No_hostile_request_fails_the_service_leaks_data_or_grows_its_memory(bool isBehindGateway)
    {
        await using var campus = await Campus.StartAsync(isBehindGateway);
        var resources = new CampusResources(campus);
        await resources.ShareAsync();
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
            await BaselineAsync(walker, operation);
        Assert.True(_faults.IsEmpty, string.Join('\n', _faults));

        // What a process takes once is no growth; few requests do not show any.
        if (IsFull)
            await WalkAsync(walker, operations, _seed + 1, RequestsPerEndpoint);
        var before = IsFull ? await campus.Processes.MeasureAsync() : new Dictionary<string, long>();
        (_reached, var watch) = (0, Stopwatch.StartNew());
        _statuses.Clear();
        _sent.Clear();
        await WalkAsync(walker, operations, _seed, RequestsPerEndpoint);
        Report(operations.Count, watch.Elapsed);
        if (IsFull)
            Compare(before, await campus.Processes.MeasureAsync());

        foreach (var change in await vera.ChangesAsync())
            _faults.Enqueue($"stored data changed: {change}");
        InspectLog(campus);
        Assert.True(_faults.IsEmpty, $"{_faults.Count} faults with seed {_seed}:\n{string.Join('\n', _faults.Distinct().Take(100))}");
        Assert.All(operations, operation => Assert.Equal(RequestsPerEndpoint, _sent.GetValueOrDefault(operation.Row.ToString())));
    }

    private void InspectLog(Campus campus)
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

    private void Compare(IReadOnlyDictionary<string, long> before, IReadOnlyDictionary<string, long> after)
    {
        foreach (var (process, bytes) in after)
        {
            Figures.Report($"{process}: {before[process] >> 20} MB before, {bytes >> 20} MB after");
            if (bytes - before[process] > MaxGrowth)
                _faults.Enqueue($"{process} grew from {before[process] >> 20} to {bytes >> 20} MB");
        }
    }

    /// <summary>The valid request, without which the hostile ones would end at the door.</summary>
    private async Task BaselineAsync(Walker walker, WalkOperation operation)
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
                    // Mostly somebody who may: the others are stopped at the door.
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
            if (response is not null && !Verdict.AtTheDoor.Contains(response.Status))
                Interlocked.Increment(ref _reached);
            return [.. Verdict.Of(operation, draft, response, caller)];
        }
        catch (TimeoutException e)
        {
            return [e.Message];
        }
    }

    private void Report(int endpoints, TimeSpan duration)
    {
        Figures.Report(
            $"Seed {_seed}: {_sent.Values.Sum()} requests to {endpoints} endpoints in {duration.TotalSeconds:N0} s, {_reached} past the door"
        );
        Figures.Report($"Statuses: {string.Join(", ", _statuses.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key} × {pair.Value}"))}");
        foreach (var (endpoint, sent) in _sent.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            Figures.Report($"{sent} × {endpoint}");
    }

    /// <summary>The same in every process, which string.GetHashCode is not.</summary>
    private static int Hash(int seed, string text) => text.Aggregate(seed, (hash, letter) => unchecked((hash * 31) + letter));
}
