using System.Diagnostics;
using System.Globalization;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Bench.Mongo;

namespace MovieLms.Bench.Imports;

internal static class ImportBench
{
    internal static async Task<int> RunAsync(string[] args)
    {
        var rows = 500_000;
        var disk = Directory.CreateTempSubdirectory("movielms-bench-").FullName;
        string?[] folders = args.Contains("--memory") ? [null] : [disk];
        foreach (var folder in folders)
        {
            await using var server = await ServerProcess.StartAsync(["mongo", "serve", "embedded", .. folder is null ? Array.Empty<string>() : [folder]]);
            var db = new MongoClient(server.ConnectionString).GetDatabase("bare");
            await BareAsync(db, rows, () => server.ResidentBytes);
        }
        Directory.Delete(disk, true);
        return 0;
    }

    private static async Task BareAsync(IMongoDatabase db, int rows, Func<long> resident)
    {
        var todos = db.GetCollection<BsonDocument>("todos");
        await todos.Indexes.CreateManyAsync([
            new CreateIndexModel<BsonDocument>(new BsonDocument { { "ownerId", 1 }, { "_id", -1 } }),
            new CreateIndexModel<BsonDocument>(new BsonDocument { { "importId", 1 }, { "importRow", 1 } }, new CreateIndexOptions { Unique = true, Sparse = true }),
        ]);
        var total = Stopwatch.StartNew();
        var part = Stopwatch.StartNew();
        for (var from = 1; from <= rows; from += 1000)
        {
            await todos.InsertManyAsync(Enumerable.Range(from, 1000).Select(TodoRows.Document), new InsertManyOptions { IsOrdered = false });
            if ((from + 999) % 50_000 == 0)
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{from + 999,8} {50_000 / part.Elapsed.TotalSeconds,10:N0}/s {resident() >> 20} MB"));
                part.Restart();
            }
        }
        Console.WriteLine($"{rows / total.Elapsed.TotalSeconds:N0}/s over all");
    }
}
