using System.Diagnostics;
using System.Globalization;
using MongoDB.Bson;
using MongoDB.Driver;

namespace EmbeddedMongo.Bench;

/// <summary>
/// Compares the embedded server with another MongoDB-compatible server and with a canned-reply server, using the same driver.
/// Arguments: <c>[--against CONNECTION] [--disk]</c>, <c>search [DOCUMENTS]</c> for <see cref="SearchBench"/>, or <c>scans</c> for
/// <see cref="ScanBench"/>.
/// </summary>
internal static class MongoBench
{
    private const int Todos = 500_000;

    public static async Task<int> RunAsync(string[] arguments)
    {
        if (arguments is ["serve", var kind, .. var rest])
            return await ServerProcess.ServeAsync(kind, rest.FirstOrDefault());

        if (arguments is ["search", .. var size])
            return await SearchBench.RunAsync(size is [var documents] ? int.Parse(documents, CultureInfo.InvariantCulture) : 1_000_000);

        if (arguments is ["scans", .. var options])
        {
            await ScanBench.RunAsync(options);
            return 0;
        }

        var at = Array.IndexOf(arguments, "--against");
        var against = at >= 0 ? arguments[at + 1] : null;
        var directory = arguments.Contains("--disk") ? Directory.CreateTempSubdirectory("embedded-mongo-bench-").FullName : null;
        await using (
            var embedded = await ServerProcess.StartAsync(["serve", "embedded", .. directory is null ? Array.Empty<string>() : [directory]])
        )
        {
            await using var mine = new MongoSubject(embedded.ConnectionString);
            await using var theirs = against is null ? null : new MongoSubject(against);
            Console.WriteLine($"{"", -44}{"embedded", 15}{(theirs is null ? "" : "other"), 10}");
            foreach (var (name, unit, measure) in MongoSubject.Measures)
                await CompareAsync(name, unit, measure, mine, theirs);

            await PointReadsAsync(embedded.ConnectionString);
        }

        await using (
            var embedded = await ServerProcess.StartAsync(["serve", "embedded", .. directory is null ? Array.Empty<string>() : [directory]])
        )
        {
            await MemoryAsync(embedded);
        }

        if (directory is not null)
            Directory.Delete(directory, recursive: true);

        return 0;
    }

    /// <summary>Creates a small to-do document of about 250 bytes.</summary>
    public static BsonDocument Item(int i) =>
        new()
        {
            {
                "_id",
                new ObjectId(string.Create(CultureInfo.InvariantCulture, $"{1_700_000_000 + (i / 1000):x8}0000000000{i & 0xFFFFFF:x6}"))
            },
            { "owner", i % 1000 },
            { "title", string.Create(CultureInfo.InvariantCulture, $"To-do number {i} of the list") },
            { "notes", "Call the cinema, ask for the reel, and bring it to the projection room before eight." },
            { "done", i % 3 == 0 },
            { "priority", i % 5 },
            { "rank", i },
            { "due", new BsonDateTime(1_700_000_000_000L + (i * 60_000L)) },
        };

    /// <summary>Measures the best of three rounds. The rounds alternate between the servers, so other load affects both.</summary>
    private static async Task CompareAsync(
        string name,
        string unit,
        Func<MongoSubject, Task<double>> measure,
        MongoSubject mine,
        MongoSubject? theirs
    )
    {
        var (best, other) = (0.0, (double?)null);
        for (var round = 0; round < 3; round++)
        {
            best = SelectBetter(best, await measure(mine), unit);
            other = theirs is null ? null : SelectBetter(other ?? 0, await measure(theirs), unit);
        }

        var times = unit == "ms" ? other / best : best / other;
        Print(name, best, other, unit, times is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{times:0.0} x"));
    }

    private static double SelectBetter(double known, double now, string unit) =>
        known == 0 ? now
        : unit == "ms" ? Math.Min(known, now)
        : Math.Max(known, now);

    private static async Task PointReadsAsync(string embedded)
    {
        await using var canned = await ServerProcess.StartAsync("serve", "canned");
        var ceiling = new MongoClient(canned.ConnectionString).GetDatabase("bench").GetCollection<BsonDocument>("items");
        var items = new MongoClient(embedded).GetDatabase("points").GetCollection<BsonDocument>("items");
        await items.InsertManyAsync(Enumerable.Range(0, 10_000).Select(Item));
        foreach (
            var (name, measure) in new (string, Func<IMongoCollection<BsonDocument>, Task<double>>)[]
            {
                ("sequential", c => Rates.MeasureSequentialAsync(8000, i => MongoSubject.FindAsync(c, i % 10_000))),
                ("16 concurrent", c => Rates.MeasureParallelAsync(40_000, i => MongoSubject.FindAsync(c, i % 10_000))),
            }
        )
        {
            double best = 0,
                bestCeiling = 0;
            for (var round = 0; round < 3; round++)
            {
                bestCeiling = Math.Max(bestCeiling, await measure(ceiling));
                best = Math.Max(best, await measure(items));
            }

            Print(
                $"point read, {name}, against canned reply",
                best,
                bestCeiling,
                "/s",
                string.Create(CultureInfo.InvariantCulture, $"{100 * best / bestCeiling:0} %")
            );
        }
    }

    private static async Task MemoryAsync(ServerProcess server)
    {
        var todos = new MongoClient(server.ConnectionString).GetDatabase("memory").GetCollection<BsonDocument>("todos");
        var empty = server.ResidentBytes;
        await todos.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{owner: 1, due: 1}"));
        var peak = 0L;
        var clock = Stopwatch.StartNew();
        for (var batch = 0; batch < Todos; batch += 1000)
        {
            await todos.InsertManyAsync(Enumerable.Range(batch, 1000).Select(Item));
            peak = Math.Max(peak, server.ResidentBytes);
        }

        var elapsed = clock.Elapsed;
        await todos
            .Aggregate<BsonDocument>(
                new BsonDocument[] { new("$group", new BsonDocument { { "_id", "$priority" }, { "n", new BsonDocument("$sum", 1) } }) }
            )
            .ToListAsync();
        peak = Math.Max(peak, server.ResidentBytes);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"500,000 to-dos with an index: inserted in {elapsed.TotalSeconds:0.0} s; resident {empty >> 20} MB initially, {server.ResidentBytes >> 20} MB after, {peak >> 20} MB peak"
            )
        );
    }

    private static void Print(string name, double value, double? other, string unit, string note) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name, -44}{value, 12:#,0} {unit, -3}{other, 10:#,0}{note, 12}"));
}
