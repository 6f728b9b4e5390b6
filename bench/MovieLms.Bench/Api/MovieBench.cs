using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using MovieLms.Bench.Imports;
using MovieLms.Testing.Processes;

namespace MovieLms.Bench.Api;

/// <summary>
/// Reads single movies of a large catalog: one of them again and again, all of them once, and uniformly at random, compared with a
/// bare minimal API in the same run.
/// </summary>
internal static class MovieBench
{
    private const int ImportRows = 20_000;
    private const int PageSize = 100;
    private const int MinReadsPerSecond = 2_500;
    private const int HitSample = 2_000;

    internal static Task<int> RunAsync(string[] args)
    {
        var seconds = new Option<int>("--seconds") { Description = "Seconds per measurement", DefaultValueFactory = _ => 5 };
        var rounds = new Option<int>("--rounds")
        {
            Description = "Measurements per row; the median is printed",
            DefaultValueFactory = _ => 5,
        };
        var movies = new Option<int>("--movies") { Description = "The number of movies", DefaultValueFactory = _ => 100_000 };
        var command = new RootCommand("Measures reads of single movies (needs wrk).") { seconds, rounds, movies };
        command.SetAction((result, _) => MeasureAsync(result.GetValue(rounds), result.GetValue(seconds), result.GetValue(movies)));
        return command.Parse(args).InvokeAsync();
    }

    private static async Task<int> MeasureAsync(int rounds, int seconds, int movies)
    {
        await using var build = await ApiBuild.StartAsync(Repository.Root, importSample: false);
        for (var from = 1; from <= movies; from += ImportRows)
            await Sample.ImportAsync(build.Client, MovieFile.Create(from, Math.Min(ImportRows, movies - from + 1)), "movies.csv");
        var paths = await ReadPathsAsync(build.Client);
        var bare = await ApiBench.MeasureBareAsync(seconds);
        Console.WriteLine(
            $"{"", -28} {"requests/s", 10} {"of no-op", 9} {"p50 ms", 8} {"p99 ms", 8} {"CPU µs", 8} {"bytes", 10} {"failed", 7}"
        );
        Print($"{"no-op of a bare minimal API", -28} {bare.PerSecond, 10:N0} {1, 9:P0} {bare.P50, 8:N2} {bare.P99, 8:N2}");
        var token = build.Client.DefaultRequestHeaders.Authorization!.Parameter;
        var one = new ApiRequest("one movie", new Uri(build.Address, paths[0]), token);
        var failures = 0L;

        // The movies have not been read before, so each read is a miss as long as none is repeated.
        var unread = one with
        {
            Name = "unread movies",
            Paths = paths,
            IsSequential = true,
        };
        failures += Print(await ApiMeasurement.TakeAsync(build, unread, seconds), unread, bare);
        var random = one with { Name = "random movies", Paths = paths };
        // Warm up until all movies have been read.
        await Wrk.RunAsync(unread, Math.Max(1, paths.Count / MinReadsPerSecond));
        foreach (var request in new[] { one, random })
        {
            var measured = new List<ApiMeasurement>();
            for (var round = 0; round < rounds; round++)
                measured.Add(await ApiMeasurement.TakeAsync(build, request, seconds));
            failures += Print(ApiMeasurement.Median(measured), request, bare);
        }
        Print($"{await MeasureHitsAsync(build.Client, paths):P1} of random reads of {paths.Count:N0} movies are hits");
        Console.WriteLine(await build.DescribeMemoryAsync());
        return failures > 0 ? 1 : 0;
    }

    private static async Task<IReadOnlyList<string>> ReadPathsAsync(HttpClient client)
    {
        var paths = new List<string>();
        string? cursor = null;
        do
        {
            var query = $"/api/movies?limit={PageSize}{(cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}")}";
            using var page = JsonDocument.Parse(await client.GetByteArrayAsync(query));
            paths.AddRange(
                page.RootElement.GetProperty("items").EnumerateArray().Select(movie => $"/api/movies/{movie.GetProperty("id")}")
            );
            cursor = page.RootElement.GetProperty("nextCursor").GetString();
        } while (cursor is not null);
        return paths;
    }

    private static async Task<double> MeasureHitsAsync(HttpClient client, IReadOnlyList<string> paths)
    {
        var hits = 0;
        for (var i = 0; i < HitSample; i++)
        {
            using var response = await client.GetAsync(paths[Random.Shared.Next(paths.Count)]);
            if (response.Headers.GetValues("X-Cache").Single() == "HIT")
                hits++;
        }
        return (double)hits / HitSample;
    }

    private static long Print(ApiMeasurement row, ApiRequest request, LoadResult bare)
    {
        Print(
            $"{request.Name, -28} {row.PerSecond, 10:N0} {row.PerSecond / bare.PerSecond, 9:P0} {row.P50, 8:N2} {row.P99, 8:N2} {row.Microseconds, 8:N1} {row.Bytes, 10:N0} {row.Failures, 7}"
        );
        return row.Failures;
    }

    private static void Print(FormattableString row) => Console.WriteLine(row.ToString(CultureInfo.InvariantCulture));
}
