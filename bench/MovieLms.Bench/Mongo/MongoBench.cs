using System.Diagnostics;
using System.Globalization;
using MongoDB.Bson;
using MongoDB.Driver;

namespace MovieLms.Bench.Mongo;

/// <summary>
/// The embedded server against another MongoDB-compatible one and against a canned-reply server, under the same driver, in one run.
/// Arguments: <c>[--against CONNECTION] [--disk]</c>.
/// </summary>
internal static class MongoBench
{
    private const int Documents = 100_000;
    private const int Foreign = 10_000;
    private const int Todos = 500_000;

    public static async Task<int> RunAsync(string[] arguments)
    {
        if (arguments is ["serve", var kind, .. var rest])
        {
            return await ServerProcess.ServeAsync(kind, rest.FirstOrDefault());
        }

        var at = Array.IndexOf(arguments, "--against");
        var against = at >= 0 ? arguments[at + 1] : null;
        var directory = arguments.Contains("--disk") ? Directory.CreateTempSubdirectory("movielms-bench-").FullName : null;
        await using (var embedded = await ServerProcess.StartAsync(["mongo", "serve", "embedded", .. directory is null ? Array.Empty<string>() : [directory]]))
        {
            var mine = await MeasureAsync(embedded.ConnectionString);
            var theirs = against is null ? null : await MeasureAsync(against);
            Console.WriteLine($"{"",-44}{"embedded",14}{(theirs is null ? "" : "other"),14}{"",10}");
            for (var i = 0; i < mine.Count; i++)
            {
                var other = theirs?[i].Value;
                var times = mine[i].Unit == "ms" ? other / mine[i].Value : mine[i].Value / other;
                Print(mine[i].Name, mine[i].Value, other, mine[i].Unit, times is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{times:0.0} x"));
            }

            await PointReadsAsync(embedded.ConnectionString);
        }

        await using (var embedded = await ServerProcess.StartAsync(["mongo", "serve", "embedded", .. directory is null ? Array.Empty<string>() : [directory]]))
        {
            await MemoryAsync(embedded);
        }

        if (directory is not null)
        {
            Directory.Delete(directory, recursive: true);
        }

        return 0;
    }

    /// <summary>A small document of a to-do's size, about 250 bytes.</summary>
    public static BsonDocument Item(int i) => new()
    {
        { "_id", new ObjectId(string.Create(CultureInfo.InvariantCulture, $"{1_700_000_000 + (i / 1000):x8}0000000000{i & 0xFFFFFF:x6}")) },
        { "owner", i % 1000 },
        { "title", string.Create(CultureInfo.InvariantCulture, $"To-do number {i} of the list") },
        { "notes", "Call the cinema, ask for the reel, and bring it to the projection room before eight." },
        { "done", i % 3 == 0 },
        { "priority", i % 5 },
        { "rank", i },
        { "due", new BsonDateTime(1_700_000_000_000L + (i * 60_000L)) },
    };

    private static async Task<List<(string Name, double Value, string Unit)>> MeasureAsync(string connection)
    {
        var client = new MongoClient(connection);
        var name = $"bench_{Guid.NewGuid():N}";
        var database = client.GetDatabase(name);
        var items = database.GetCollection<BsonDocument>("items");
        var singles = database.GetCollection<BsonDocument>("singles");
        var results = new List<(string, double, string)>();
        try
        {
            await singles.InsertOneAsync(Item(0));
            await items.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{owner: 1, rank: 1}"));
            results.Add(("insert one by one, docs/s", await RateAsync(3000, i => singles.InsertOneAsync(Item(i + 1))), "/s"));
            var clock = Stopwatch.StartNew();
            for (var batch = 0; batch < Documents; batch += 1000)
            {
                await items.InsertManyAsync(Enumerable.Range(batch, 1000).Select(Item), new InsertManyOptions { IsOrdered = false });
            }

            results.Add(("insert batches of 1,000, docs/s", Documents / clock.Elapsed.TotalSeconds, "/s"));
            results.Add(("find by _id, one at a time, /s", await RateAsync(5000, i => FindAsync(items, i)), "/s"));
            results.Add(("find by _id, 16 at a time, /s", await ParallelRateAsync(20_000, i => FindAsync(items, i)), "/s"));
            results.Add(("indexed range, sort, limit 20, /s", await RateAsync(2000, i => items
                .Find(new BsonDocument { { "owner", i % 1000 }, { "rank", new BsonDocument("$gte", 1000) } }).Sort("{rank: -1}").Limit(20).ToListAsync()), "/s"));
            results.Add(("$group over 100,000, ms", await BestAsync(5, () => items.Aggregate<BsonDocument>(new BsonDocument[]
            {
                new("$group", new BsonDocument { { "_id", "$priority" }, { "n", new BsonDocument("$sum", 1) }, { "mean", new BsonDocument("$avg", "$rank") } }),
            }).ToListAsync()), "ms"));
            results.Add(("$lookup of 10,000, ms", await LookupAsync(database, items), "ms"));
        }
        finally
        {
            await client.DropDatabaseAsync(name);
        }

        return results;
    }

    private static async Task<double> LookupAsync(IMongoDatabase database, IMongoCollection<BsonDocument> items)
    {
        var owners = database.GetCollection<BsonDocument>("owners");
        await owners.InsertManyAsync(Enumerable.Range(0, Foreign).Select(i => new BsonDocument { { "_id", i }, { "name", $"owner {i}" } }));
        return await BestAsync(3, () => items.Aggregate<BsonDocument>(new BsonDocument[]
        {
            new("$match", new BsonDocument("rank", new BsonDocument("$lt", Foreign))),
            new("$lookup", new BsonDocument { { "from", "owners" }, { "localField", "owner" }, { "foreignField", "_id" }, { "as", "who" } }),
            new("$match", new BsonDocument("who.name", new BsonDocument("$exists", true))),
            new("$count", "n"),
        }).ToListAsync());
    }

    private static async Task PointReadsAsync(string embedded)
    {
        await using var canned = await ServerProcess.StartAsync("mongo", "serve", "canned");
        var ceiling = new MongoClient(canned.ConnectionString).GetDatabase("bench").GetCollection<BsonDocument>("items");
        var items = new MongoClient(embedded).GetDatabase("points").GetCollection<BsonDocument>("items");
        await items.InsertManyAsync(Enumerable.Range(0, 10_000).Select(Item));
        foreach (var (name, measure) in new (string, Func<IMongoCollection<BsonDocument>, Task<double>>)[]
            {
                ("one at a time", c => RateAsync(8000, i => FindAsync(c, i % 10_000))),
                ("16 at a time", c => ParallelRateAsync(40_000, i => FindAsync(c, i % 10_000))),
            })
        {
            double best = 0, bestCeiling = 0;
            for (var round = 0; round < 3; round++)
            {
                bestCeiling = Math.Max(bestCeiling, await measure(ceiling));
                best = Math.Max(best, await measure(items));
            }

            Print($"point read, {name}, against canned reply", best, bestCeiling, "/s", string.Create(CultureInfo.InvariantCulture, $"{100 * best / bestCeiling:0} %"));
        }
    }

    private static async Task MemoryAsync(ServerProcess server)
    {
        var todos = new MongoClient(server.ConnectionString).GetDatabase("memory").GetCollection<BsonDocument>("todos");
        var empty = server.ResidentBytes;
        await todos.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{owner: 1, due: 1}"));
        var most = 0L;
        var clock = Stopwatch.StartNew();
        for (var batch = 0; batch < Todos; batch += 1000)
        {
            await todos.InsertManyAsync(Enumerable.Range(batch, 1000).Select(Item));
            most = Math.Max(most, server.ResidentBytes);
        }

        var elapsed = clock.Elapsed;
        await todos.Aggregate<BsonDocument>(new BsonDocument[] { new("$group", new BsonDocument { { "_id", "$priority" }, { "n", new BsonDocument("$sum", 1) } }) }).ToListAsync();
        most = Math.Max(most, server.ResidentBytes);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"500,000 to-dos with an index: inserted in {elapsed.TotalSeconds:0.0} s; resident {empty >> 20} MB empty, {server.ResidentBytes >> 20} MB after, {most >> 20} MB at most"));
    }

    private static Task<BsonDocument> FindAsync(IMongoCollection<BsonDocument> items, int i) =>
        items.Find(new BsonDocument("_id", Item(i)["_id"])).FirstOrDefaultAsync();

    private static async Task<double> RateAsync(int count, Func<int, Task> action)
    {
        for (var i = 0; i < count / 10; i++)
        {
            await action(i + 1_000_000);
        }

        var clock = Stopwatch.StartNew();
        for (var i = 0; i < count; i++)
        {
            await action(i);
        }

        return count / clock.Elapsed.TotalSeconds;
    }

    private static async Task<double> ParallelRateAsync(int count, Func<int, Task> action)
    {
        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => action(0)));
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, 16).Select(async lane =>
        {
            for (var i = lane; i < count; i += 16)
            {
                await action(i);
            }
        }));
        return count / clock.Elapsed.TotalSeconds;
    }

    private static async Task<double> BestAsync(int rounds, Func<Task> action)
    {
        var best = double.MaxValue;
        for (var round = 0; round < rounds; round++)
        {
            var clock = Stopwatch.StartNew();
            await action();
            best = Math.Min(best, clock.Elapsed.TotalMilliseconds);
        }

        return best;
    }

    private static void Print(string name, double value, double? other, string unit, string note) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-44}{value,12:#,0} {unit,-3}{other,10:#,0}{note,12}"));
}
