using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using MovieLms.Testing;
using MovieLms.Testing.Processes;

namespace MovieLms.Bench.Api;

/// <summary>
/// The REST API under load, each figure beside a bare minimal API on the same machine in the same run: speed and memory from
/// Standalone as a process, allocated bytes from the same services inside this process.
/// </summary>
internal static class ApiBench
{
    private const string AdminEmail = "bench@movielms.example";
    private const string AdminPassword = "curtain-falls-slowly-42";
    private const int AllocationSeconds = 2;

    /// <summary>To-dos and enrolments of the user who asks: a page of each.</summary>
    private const int Entries = 20;

    internal static async Task<int> RunAsync(string[] args)
    {
        var seconds = args is [var text] && int.TryParse(text, CultureInfo.InvariantCulture, out var given) ? given : 5;
        await using var bare = await StartBareAsync();
        var noop = new Uri(new Uri(bare.Urls.First()), "/noop");
        var admin = new Dictionary<string, string?>
        {
            ["Admin__Email"] = AdminEmail, ["Admin__Password"] = AdminPassword, ["RateLimits__RequestsPerSecond"] = "1000000",
        };
        await using var standalone = await StandaloneProcess.StartAsync(null, admin);
        await SignInAsync(standalone.Client);
        await Sample.ImportAsync(standalone.Client);
        var idle = standalone.Process.ResidentBytes;
        var targets = await TargetsAsync(standalone.Client, standalone.Address);

        var rows = new List<(string Name, LoadResult Load)> { ("no-op (bare minimal API)", await MeasureAsync(noop, null, seconds)) };
        foreach (var read in targets.Reads) rows.Add((read.Name, await MeasureAsync(read.Address, targets.Token, seconds, read.Varying)));
        var resident = standalone.Process.ResidentBytes;
        var gateway = await GatewayRow.MeasureAsync(admin, AdminEmail, AdminPassword, seconds);

        var inProcess = await InProcessAsync(noop, seconds);
        Print(rows, inProcess, idle, resident);
        gateway.Print();
        return rows.Any(row => row.Load.Failures > 0) ? 1 : 0;
    }

    private const string FilmById = "film by id, with token";

    private sealed record Read(string Name, Uri Address, string? Varying = null);

    private sealed record Targets(string Token, IReadOnlyList<Read> Reads);

    private static async Task SignInAsync(HttpClient client) =>
        client.DefaultRequestHeaders.Authorization = new("Bearer", await client.LogInAsync(AdminEmail, AdminPassword));

    private static async Task<Targets> TargetsAsync(HttpClient client, Uri address)
    {
        for (var i = 0; i < Entries; i++)
        {
            await PostAsync(client, "/api/todos", new { title = $"To-do {i}", dueDate = "2030-01-01T00:00:00Z" });
            var course = await PostAsync(client, "/api/courses", new { title = $"Course {i}", status = "published" });
            await PostAsync(client, "/api/enrollments", new { courseId = course.GetProperty("id").GetString() });
        }
        var list = await client.GetFromJsonAsync<JsonElement>("/api/movies?limit=1&sort=-rating");
        var id = list.GetProperty("items")[0].GetProperty("id").GetString();
        return new Targets(client.DefaultRequestHeaders.Authorization!.Parameter!,
        [
            new("cached read, with token", new Uri(address, "/api/analytics")),
            new(FilmById, new Uri(address, $"/api/movies/{id}")),
            new("filtered list, with token", new Uri(address, "/api/movies?genre=Drama&minRating=7&sort=-rating&limit=20")),
            // A search is answered and not kept.
            new("searched list, never cached, with token", new Uri(address, "/api/movies?search=the&genre=Drama&sort=-rating&limit=20")),
            new("to-do list, with token", new Uri(address, "/api/todos?done=false&sort=dueDate")),
            new("enrolment list, with token", new Uri(address, "/api/enrollments")),
            // Every request asks something nobody asked before: each one runs its pipeline.
            new("analytics uncached, with token", new Uri(address, "/api/analytics/top-rated?limit=10"), "minVotes"),
        ]);
    }

    private static async Task<JsonElement> PostAsync(HttpClient client, string path, object body)
    {
        using var answer = await client.PostAsJsonAsync(path, body);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private static async Task<LoadResult> MeasureAsync(Uri address, string? token, int seconds, string? varying = null)
    {
        await Wrk.RunAsync(address, token, Math.Max(2, seconds / 2), varying);
        return await Wrk.RunAsync(address, token, seconds, varying);
    }

    /// <param name="Allocated">Bytes a request, by name.</param>
    /// <param name="Film">The film read on the embedded database.</param>
    /// <param name="Ceiling">The same read on canned replies.</param>
    private sealed record InProcess(IReadOnlyDictionary<string, double> Allocated, LoadResult Film, LoadResult Ceiling);

    /// <summary>
    /// What needs everything in this one process: allocated bytes (wrk is a process of its own and does not count), and the film
    /// read beside the same read whose database answers are canned.
    /// </summary>
    private static async Task<InProcess> InProcessAsync(Uri noop, int seconds)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Admin:Email"] = AdminEmail, ["Admin:Password"] = AdminPassword, ["RateLimits:RequestsPerSecond"] = "1000000",
        };
        await using var host = await ServiceHost.StartAsync(new ServiceHostOptions { Settings = settings });
        await SignInAsync(host.Client);
        await Sample.ImportAsync(host.Client);
        var targets = await TargetsAsync(host.Client, host.Address);
        var allocated = new Dictionary<string, double> { ["no-op (bare minimal API)"] = await OneAsync(noop, null, null) };
        foreach (var read in targets.Reads) allocated[read.Name] = await OneAsync(read.Address, targets.Token, read.Varying);

        using var proxy = new CannedMongoProxy((await BackingServices.GetAsync()).Mongo(host.Name));
        settings["ConnectionStrings:mongodb"] = proxy.ConnectionString;
        await using var canned = await ServiceHost.StartAsync(new ServiceHostOptions { Name = host.Name, Settings = settings });
        var path = targets.Reads.Single(read => read.Name == FilmById).Address.PathAndQuery;
        var film = await MeasureAsync(new Uri(host.Address, path), targets.Token, seconds);
        var ceiling = await MeasureAsync(new Uri(canned.Address, path), targets.Token, seconds);
        if (proxy.Served < ceiling.Requests) throw new InvalidOperationException("The ceiling's reads were not answered from the recorded reply.");
        return new InProcess(allocated, film, ceiling);

        static async Task<double> OneAsync(Uri address, string? token, string? varying)
        {
            await Wrk.RunAsync(address, token, 1, varying);
            var before = GC.GetTotalAllocatedBytes(precise: true);
            var load = await Wrk.RunAsync(address, token, AllocationSeconds, varying);
            return (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)load.Requests;
        }
    }

    private static async Task<WebApplication> StartBareAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.MapGet("/noop", () => new { status = "ok" });
        await app.StartAsync();
        return app;
    }

    private static void Print(IReadOnlyList<(string Name, LoadResult Load)> rows, InProcess inProcess, long idle, long resident)
    {
        Console.WriteLine($"{"",-40} {"req/s",10} {"of no-op",9} {"p50 ms",8} {"p99 ms",8} {"bytes/req",10} {"failed",7}");
        foreach (var (name, load) in rows)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{name,-40} {load.PerSecond,10:N0} {load.PerSecond / rows[0].Load.PerSecond,9:P0} {load.P50,8:N2} {load.P99,8:N2} {inProcess.Allocated[name],10:N0} {load.Failures,7}"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"""

            film by id, all in one process: {inProcess.Film.PerSecond:N0} req/s, {inProcess.Film.PerSecond / inProcess.Ceiling.PerSecond:P0} of {inProcess.Ceiling.PerSecond:N0} on canned replies
            resident memory of Standalone: {idle / 1e6:N0} MB after the import, {resident / 1e6:N0} MB after the load
            """));
    }
}
