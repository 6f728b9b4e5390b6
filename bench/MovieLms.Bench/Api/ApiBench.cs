using System.CommandLine;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using MovieLms.Testing;
using MovieLms.Testing.Processes;

namespace MovieLms.Bench.Api;

/// <summary>
/// The REST API under load: throughput, latency, processor time and allocated bytes per request, measured on a Standalone process in
/// several rounds per row. With a second checkout, each round measures both builds in turn, so that other load on the machine affects both.
/// </summary>
internal static class ApiBench
{
    internal static Task<int> RunAsync(string[] args)
    {
        var seconds = new Option<int>("--seconds") { Description = "Seconds per measurement", DefaultValueFactory = _ => 3 };
        var rounds = new Option<int>("--rounds")
        {
            Description = "Measurements per row; the median is printed",
            DefaultValueFactory = _ => 5,
        };
        var against = new Option<string?>("--against")
        {
            Description = "A checkout to compare with, built with -c Release, or a published build",
        };
        var only = new Option<string>("--only")
        {
            Description = "Measure only rows whose name contains this text",
            DefaultValueFactory = _ => "",
        };
        var command = new RootCommand("Measures the REST API (needs wrk).") { seconds, rounds, against, only };
        command.SetAction(
            (result, _) =>
                result.GetValue(against) is { } checkout
                    ? CompareAsync(checkout, result.GetValue(rounds), result.GetValue(seconds), result.GetValue(only)!)
                    : MeasureAsync(result.GetValue(rounds), result.GetValue(seconds), result.GetValue(only)!)
        );
        return command.Parse(args).InvokeAsync();
    }

    private static async Task<int> CompareAsync(string checkout, int rounds, int seconds, string only)
    {
        await using var ours = await ApiBuild.StartAsync(Repository.Root);
        await using var theirs = await ApiBuild.StartAsync(Path.GetFullPath(checkout));
        Console.WriteLine($"{"", -28} {"CPU µs/request", 27} {"bytes/request", 29} {"requests/s", 27} {"failed", 7}");
        Console.WriteLine(string.Concat($"{"", -28} ", string.Concat(Enumerable.Repeat($"{"this", 9} {"other", 9} {"ratio", 7} ", 3))));
        var failures = 0L;
        var rows = Enumerable.Range(0, ours.Requests.Count).Where(row => IsMeasured(ours.Requests[row], only)).ToList();
        // Warm up both builds with all requests, so that shared code is compiled.
        foreach (var row in rows)
        {
            foreach (var build in new[] { ours, theirs })
                await Wrk.RunAsync(build.Requests[row], seconds);
        }
        foreach (var row in rows)
        {
            var (ourResults, theirResults) = (new List<ApiMeasurement>(), new List<ApiMeasurement>());
            for (var round = 0; round < rounds; round++)
            {
                // Alternate which build is measured first.
                var order = new[] { (Build: ours, Measured: ourResults), (Build: theirs, Measured: theirResults) };
                foreach (var (build, measured) in round % 2 == 0 ? order : order.Reverse())
                    measured.Add(await ApiMeasurement.TakeAsync(build, build.Requests[row], seconds));
            }
            var (ourMedian, theirMedian) = (ApiMeasurement.Median(ourResults), ApiMeasurement.Median(theirResults));
            failures += ourMedian.Failures + theirMedian.Failures;
            Print(
                $"{ours.Requests[row].Name, -28} {Columns(round => round.Microseconds, "N1")} {Columns(round => round.Bytes, "N0")} {Columns(round => round.PerSecond, "N0")} {ourMedian.Failures + theirMedian.Failures, 7}"
            );

            string Columns(Func<ApiMeasurement, double> figure, string format) =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{figure(ourMedian).ToString(format, CultureInfo.InvariantCulture), 9} {figure(theirMedian).ToString(format, CultureInfo.InvariantCulture), 9} {figure(ourMedian) / figure(theirMedian), 7:N2}"
                );
        }
        Console.WriteLine($"This: {await ours.DescribeMemoryAsync()}");
        Console.WriteLine($"Other: {await theirs.DescribeMemoryAsync()}");
        return failures > 0 ? 1 : 0;
    }

    private static async Task<int> MeasureAsync(int rounds, int seconds, string only)
    {
        var failures = 0L;
        await using (var build = await ApiBuild.StartAsync(Repository.Root))
        {
            Console.WriteLine($"After the import: {await build.DescribeMemoryAsync()}");
            var bare = await MeasureBareAsync(seconds);
            Console.WriteLine(
                $"{"", -28} {"requests/s", 10} {"of no-op", 9} {"p50 ms", 8} {"p99 ms", 8} {"CPU µs", 8} {"bytes", 10} {"failed", 7}"
            );
            Print($"{"no-op of a bare minimal API", -28} {bare.PerSecond, 10:N0} {1, 9:P0} {bare.P50, 8:N2} {bare.P99, 8:N2}");
            foreach (var request in build.Requests.Where(request => IsMeasured(request, only)))
            {
                await Wrk.RunAsync(request, seconds);
                var measured = new List<ApiMeasurement>();
                for (var round = 0; round < rounds; round++)
                    measured.Add(await ApiMeasurement.TakeAsync(build, request, seconds));
                var row = ApiMeasurement.Median(measured);
                failures += row.Failures;
                Print(
                    $"{request.Name, -28} {row.PerSecond, 10:N0} {row.PerSecond / bare.PerSecond, 9:P0} {row.P50, 8:N2} {row.P99, 8:N2} {row.Microseconds, 8:N1} {row.Bytes, 10:N0} {row.Failures, 7}"
                );
            }
            Console.WriteLine($"After the load: {await build.DescribeMemoryAsync()}");
            Console.WriteLine($"Idle for 15 s: {await build.DescribeIdleMemoryAsync()}");
        }
        await CompareWithCannedRepliesAsync(seconds);
        (await GatewayRow.MeasureAsync(ApiBuild.Settings, seconds)).Print();
        return failures > 0 ? 1 : 0;
    }

    /// <summary>Measures an empty endpoint without middleware.</summary>
    internal static async Task<LoadResult> MeasureBareAsync(int seconds)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        await using var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.MapGet("/noop", () => new { status = "ok" });
        await app.StartAsync();
        return await WarmAndMeasureAsync(new ApiRequest("no-op", new Uri(new Uri(app.Urls.First()), "/noop"), null), seconds);
    }

    /// <summary>
    /// Compares reading a to-do from the embedded database with the same read on canned database replies. Everything runs in this process.
    /// </summary>
    private static async Task CompareWithCannedRepliesAsync(int seconds)
    {
        var settings = new Dictionary<string, string?> { ["RateLimits:RequestsPerSecond"] = "1000000" };
        await using var host = await ServiceHost.StartAsync(new ServiceHostOptions { Settings = settings });
        var client = (await host.SignInAdminAsync()).Client;
        await Sample.ImportAsync(client);
        var request = (await ApiBuild.CreateRequestsAsync(client, host.Address)).Single(request => request.Name == ApiBuild.TodoById);
        using var proxy = new CannedMongoProxy((await BackingServices.GetAsync()).GetMongoConnectionString(host.Name));
        settings["ConnectionStrings:mongodb"] = proxy.ConnectionString;
        await using var canned = await ServiceHost.StartAsync(new ServiceHostOptions { Name = host.Name, Settings = settings });
        var todo = await WarmAndMeasureAsync(request, seconds);
        var ceiling = await WarmAndMeasureAsync(request with { Address = new Uri(canned.Address, request.Address.PathAndQuery) }, seconds);
        if (proxy.Served < ceiling.Requests)
            throw new InvalidOperationException("The reads were not served from the canned reply.");
        Print(
            $"to-do by ID, all in one process: {todo.PerSecond:N0} requests/s, {todo.PerSecond / ceiling.PerSecond:P0} of {ceiling.PerSecond:N0} on canned replies"
        );
    }

    private static async Task<LoadResult> WarmAndMeasureAsync(ApiRequest request, int seconds)
    {
        await Wrk.RunAsync(request, Math.Max(2, seconds / 2));
        return await Wrk.RunAsync(request, seconds);
    }

    private static bool IsMeasured(ApiRequest request, string only) => request.Name.Contains(only, StringComparison.OrdinalIgnoreCase);

    private static void Print(FormattableString row) => Console.WriteLine(row.ToString(CultureInfo.InvariantCulture));
}
