using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using MovieLms.Bench.Api;
using MovieLms.Bench.Imports;
using MovieLms.Testing.Processes;

namespace MovieLms.Bench.Growth;

/// <summary>
/// Sends single requests to one Standalone with its database on disk while its collections grow: movies, the to-dos of one user, the
/// messages of one room and the enrollments of one course. A latency that grows with the documents shows a missing index or a scan.
/// </summary>
internal static class GrowthBench
{
    private const int ImportRows = 20_000;

    /// <summary>Words of <see cref="MovieFile"/>, each in the title or the director's name of 30 % of the movies.</summary>
    private static readonly string[] Words = ["silent", "golden", "midnight", "river", "winter", "paper", "last"];

    /// <summary>Analytics are requested at this interval while movies are written at <see cref="WriteInterval"/>.</summary>
    private static readonly TimeSpan AnalyticsInterval = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan WriteInterval = TimeSpan.FromMilliseconds(100);

    internal static Task<int> RunAsync(string[] args)
    {
        var movies = new Option<int[]>("--movies")
        {
            Description = "The numbers of movies, ascending",
            DefaultValueFactory = _ => [3_000, 100_000, 1_000_000],
            AllowMultipleArgumentsPerToken = true,
        };
        var seconds = new Option<int>("--seconds") { Description = "Seconds per measurement", DefaultValueFactory = _ => 5 };
        var command = new RootCommand("Measures single requests while the collections grow.") { movies, seconds };
        command.SetAction((result, _) => MeasureAsync(result.GetValue(movies)!, TimeSpan.FromSeconds(result.GetValue(seconds))));
        return command.Parse(args).InvokeAsync();
    }

    private static async Task<int> MeasureAsync(int[] sizes, TimeSpan duration)
    {
        await using var build = await ApiBuild.StartAsync(Repository.Root, importSample: false);
        var requests = new SingleRequests(build, duration);
        var data = await GrowthData.CreateAsync(build);
        Console.WriteLine($"{"", -44} {"p50 ms", 8} {"p99 ms", 8} {"CPU µs", 8} {"bytes", 10} {"requests", 9}");

        var stored = 0;
        foreach (var size in sizes)
        {
            var clock = Stopwatch.StartNew();
            for (var from = stored + 1; from <= size; from += ImportRows)
                await Sample.ImportAsync(build.Client, MovieFile.Create(from, Math.Min(ImportRows, size - from + 1)), "movies.csv");
            Print($"{size:N0} movies (imported at {(size - stored) / clock.Elapsed.TotalSeconds:N0} rows/s)");
            stored = size;
            await ApiBuild.SignInAsync(build.Client);
            await MeasureMoviesAsync(build, requests);
            await MeasureAnalyticsAsync(build, duration);
            await PrintMemoryAsync(build);
        }

        foreach (var count in new[] { 20, 100_000 })
        {
            await data.AddTodosAsync(count);
            Print($"{count:N0} to-dos of one user");
            // Different times, because the same list would be cached.
            await requests.MeasureAsync("first page of 20", i => $"/api/todos?sort=dueDate&dueFrom={GrowthData.Epoch.AddSeconds(i):s}Z");
            await requests.MeasureAsync(
                "page of 20, by priority",
                i => $"/api/todos?sort=priority&dueFrom={GrowthData.Epoch.AddSeconds(i):s}Z"
            );
            await requests.MeasureWriteAsync("create a to-do", i => ("/api/todos", new { title = $"To-do {i}" }));
        }
        foreach (var count in new[] { 100, 1_000_000 })
        {
            await data.AddMessagesAsync(count);
            Print($"{count:N0} messages of one room");
            await requests.MeasureAsync("newest 50", _ => "/api/rooms/lobby/messages");
            await requests.MeasureAsync("50 from the middle", _ => $"/api/rooms/lobby/messages?before={count / 2}");
            await requests.MeasureAsync("list of rooms", _ => "/api/rooms");
        }
        foreach (var count in new[] { 100, 10_000 })
        {
            await data.AddEnrollmentsAsync(count);
            Print($"{count:N0} enrollments in one course");
            await requests.MeasureAsync("roster, first page of 20", _ => $"/api/enrollments?courseId={data.CourseId}");
            await requests.MeasureAsync("figures of the course", _ => $"/api/analytics/courses/{data.CourseId}");
        }
        await PrintMemoryAsync(build);
        return requests.Failures > 0 ? 1 : 0;
    }

    private static async Task MeasureMoviesAsync(ApiBuild build, SingleRequests requests)
    {
        var ids = await GrowthData.ReadMovieIdsAsync(build);
        await requests.MeasureAsync("movie by ID", i => $"/api/movies/{ids[i * 7919 % ids.Count]}");
        await requests.MeasureAsync(
            "filtered page, not cached",
            i => $"/api/movies?genre=Western&minRating={i % 80 / 10.0}&yearFrom={1930 + (i / 80)}"
        );
        // Different ratings, because the same page would be cached. Searches are not.
        await requests.MeasureAsync("page of a genre, not cached", i => $"/api/movies?genre=Western&sort=-rating&minRating={i / 1_000.0}");
        await requests.MeasureAsync("search, one word", i => $"/api/movies?search=golden&sort=-rating&minRating={i / 1_000.0}");
        await requests.MeasureAsync("search, two words", i => $"/api/movies?search=golden%20river&sort=-rating&minRating={i / 1_000.0}");
        await requests.MeasureAsync(
            "search, three words",
            i => $"/api/movies?search=golden%20river%20the&sort=-rating&minRating={i / 1_000.0}"
        );
        // In this order, the movies with these words lie close together, far from the first.
        await requests.MeasureAsync("search, two words, by title", i => $"/api/movies?search=golden%20river&minRating={i / 1_000.0}");
        await requests.MeasureAsync("search, a rare word", i => $"/api/movies?search={1_000 + i}");
        // Each word or beginning of a word is a different search for about as many movies.
        string[] beginnings = [.. Words.SelectMany(word => Enumerable.Range(1, word.Length).Select(length => word[..length]))];
        await requests.MeasureAsync("facets of a search", i => $"/api/analytics/facets?search={beginnings[i]}", beginnings.Length);
        await requests.MeasureAsync(
            "facets of a search in a genre",
            i => $"/api/analytics/facets?genre=Western&search={beginnings[i]}",
            beginnings.Length
        );
        await requests.MeasureAsync("custom rating buckets", i => $"/api/analytics/rating-buckets?boundaries=0,{0.5 + (i / 1_000.0)},10");
        await requests.MeasureWriteAsync(
            "create a movie",
            i => ("/api/movies", new { title = $"New {Guid.NewGuid()}", genre = "Western" })
        );
    }

    /// <summary>Requests analytics without parameters while movies are written.</summary>
    private static async Task MeasureAnalyticsAsync(ApiBuild build, TimeSpan duration)
    {
        string[] paths = ["/api/analytics", "/api/analytics/facets", "/api/analytics/rating-buckets", "/api/analytics/top-rated"];
        // The first answers, which have no predecessor.
        var clock = Stopwatch.StartNew();
        foreach (var path in paths)
            (await build.Client.GetAsync(path)).EnsureSuccessStatusCode();
        Print($"  {"first answers of four analytics", -42} {clock.Elapsed.TotalMilliseconds, 8:N1}");
        using var ended = new CancellationTokenSource(duration * 2);
        var writes = Task.Run(async () =>
        {
            using var timer = new PeriodicTimer(WriteInterval);
            while (!ended.IsCancellationRequested)
            {
                await timer.WaitForNextTickAsync();
                using var created = await build.Client.PostAsJsonAsync("/api/movies", new { title = $"Written {Guid.NewGuid()}" });
                created.EnsureSuccessStatusCode();
            }
        });
        var (latencies, maxAge, before) = (new List<double>(), TimeSpan.Zero, await build.ReadUsageAsync());
        using (var timer = new PeriodicTimer(AnalyticsInterval))
        {
            for (var i = 0; !ended.IsCancellationRequested; i++)
            {
                await timer.WaitForNextTickAsync();
                var started = Stopwatch.GetTimestamp();
                using var response = await build.Client.GetAsync(paths[i % paths.Length]);
                latencies.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
                response.EnsureSuccessStatusCode();
                if (response.Headers.Age > maxAge)
                    maxAge = response.Headers.Age.Value;
            }
        }
        await writes;
        var used = await build.ReadUsageAsync() - before;
        Print(
            $"  {"analytics during 10 writes a second", -42} {SingleRequests.Percentile(latencies, 0.5), 8:N2} {SingleRequests.Percentile(latencies, 0.99), 8:N2} {"", 8} {"", 10} {latencies.Count, 9:N0}  oldest answer {maxAge.TotalSeconds:N0} s, {used.Processor.TotalSeconds / (duration.TotalSeconds * 2):P0} of one processor"
        );
    }

    private static async Task PrintMemoryAsync(ApiBuild build)
    {
        Print($"  {await build.DescribeMemoryAsync()}");
        Print($"  Idle for 15 s: {await build.DescribeIdleMemoryAsync()}");
    }

    private static void Print(FormattableString row) => Console.WriteLine(row.ToString(CultureInfo.InvariantCulture));
}
