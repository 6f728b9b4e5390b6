using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using MongoDB.Bson;
using MongoDB.Bson.IO;
using MongoDB.Driver;
using MovieLms.Bench.Api;
using MovieLms.Testing.Processes;

namespace MovieLms.Bench.Imports;

/// <summary>
/// Imports a file of movies twice through upload, worker and database, each in its own process. Compares both with a plain InsertMany
/// loop of the stored documents into a collection with the same indexes. The database is the embedded one on disk, or that of the server
/// named by <c>MOVIELMS_TEST_MONGODB</c>, whose processor time is not measured. Argument: the number of rows.
/// </summary>
internal static class MovieImportBench
{
    private const int Batch = 1_000;
    private const string WarmUpSuffix = "_warmUp";
    private const string BareSuffix = "_bare";

    /// <summary>Enough for the runtime to compile the code of all processes with optimizations before the measurement.</summary>
    private const int WarmUpRows = 20_000;

    internal static async Task<int> RunAsync(string[] args)
    {
        var rows = args is [var text] && int.TryParse(text, CultureInfo.InvariantCulture, out var given) ? given : 100_000;
        var external = ApiBuild.GetExternalMongo();
        try
        {
            await using var installation = await Installation.StartAsync(
                new Dictionary<string, string?> { ["RateLimits__RequestsPerSecond"] = "1000000" },
                mongo: external
            );
            await MeasureAsync(installation, rows);
            return 0;
        }
        finally
        {
            if (external is not null)
                await DropAsync(external);
        }
    }

    private static async Task MeasureAsync(Installation installation, int rows)
    {
        using var client = await ApiClient.SignInAsync(installation.Services.Api, Installation.AdminEmail, Installation.AdminPassword);
        using var mongo = new MongoClient(installation.Mongo);
        var database = MongoUrl.Create(installation.Mongo).DatabaseName;
        var movies = mongo.GetDatabase(database).GetCollection<RawBsonDocument>("movies");
        var warmUp = MovieFile.Create(1, WarmUpRows);
        await ImportAsync(client, installation, warmUp, WarmUpRows);
        await ImportAsync(client, installation, warmUp, WarmUpRows);
        await InsertAsync(installation, movies, mongo.GetDatabase(database + WarmUpSuffix));

        await Task.Delay(TimeSpan.FromSeconds(3));
        var file = MovieFile.Create(WarmUpRows + 1, rows);
        var first = await ImportAsync(client, installation, file, rows);
        var bare = await InsertAsync(installation, movies, mongo.GetDatabase(database + BareSuffix));
        var again = await ImportAsync(client, installation, file, rows);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{rows:N0} movies, {file.Length / 1024 / 1024.0:N1} MB"));
        Print("plain InsertMany loop", bare, bare);
        Print("first import", first, bare);
        Print("import of the same file", again, bare);
    }

    private static async Task DropAsync(string connection)
    {
        var url = MongoUrl.Create(connection);
        using var mongo = new MongoClient(url);
        foreach (var suffix in new[] { "", WarmUpSuffix, BareSuffix })
            await mongo.DropDatabaseAsync(url.DatabaseName + suffix);
    }

    private static async Task<Cost> ImportAsync(HttpClient client, Installation installation, byte[] file, int rows)
    {
        var meter = new Meter(installation);
        meter.Start();
        using var form = new MultipartFormDataContent();
        form.Add(new ByteArrayContent(file) { Headers = { ContentType = MediaTypeHeaderValue.Parse("text/csv") } }, "file", "movies.csv");
        using var accepted = await client.PostAsync("/api/movies/import", form);
        accepted.EnsureSuccessStatusCode();
        while (true)
        {
            await Task.Delay(100);
            var import = await client.GetFromJsonAsync<JsonElement>(accepted.Headers.Location);
            if (import.GetProperty("state").GetString() is not ("completed" or "failed"))
                continue;
            meter.Stop();
            var stored = import.GetProperty("succeeded").GetInt64();
            return stored == rows ? meter.GetCost(rows) : throw new InvalidOperationException($"{stored} of {rows} rows were stored.");
        }
    }

    /// <summary>Inserts all movies into another database. Measures only the inserts.</summary>
    private static async Task<Cost> InsertAsync(Installation installation, IMongoCollection<RawBsonDocument> movies, IMongoDatabase target)
    {
        var stored = await movies.Find(new BsonDocument()).ToListAsync();
        await CopyIndexesAsync(movies, target);
        var meter = new Meter(installation);
        foreach (var batch in stored.Chunk(Batch))
        {
            // Decoded before the measurement: like the Worker, the loop sends documents in memory.
            var documents = batch.Select(raw => raw.Materialize(BsonBinaryReaderSettings.Defaults)).ToList();
            meter.Start();
            await target.GetCollection<BsonDocument>("movies").InsertManyAsync(documents, new InsertManyOptions { IsOrdered = false });
            meter.Stop();
        }
        foreach (var document in stored)
            document.Dispose();
        return meter.GetCost(stored.Count);
    }

    private static async Task CopyIndexesAsync(IMongoCollection<RawBsonDocument> movies, IMongoDatabase target)
    {
        var indexes = await (await movies.Indexes.ListAsync()).ToListAsync();
        await target.RunCommandAsync<BsonDocument>(
            new BsonDocument
            {
                { "createIndexes", "movies" },
                { "indexes", new BsonArray(indexes.Where(index => index["name"] != "_id_")) },
            }
        );
    }

    private static void Print(string name, Cost cost, Cost bare) =>
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"  {name, -24} {cost.RowsPerSecond, 7:N0} rows/s ({cost.RowsPerSecond / bare.RowsPerSecond:P0})  "
                    + $"{cost.Microseconds, 5:N0} µs of processor time a row ({bare.Microseconds / cost.Microseconds:P0} of plain inserts)"
            )
        );

    /// <param name="RowsPerSecond">The rows per second.</param>
    /// <param name="Microseconds">The processor time of all processes per row.</param>
    private sealed record Cost(double RowsPerSecond, double Microseconds);

    /// <summary>Measures the time and the processor time of all processes, including this one.</summary>
    private sealed class Meter(Installation installation)
    {
        private readonly Stopwatch _clock = new();
        private TimeSpan _processor;

        private TimeSpan Processor => installation.ProcessorTime + Environment.CpuUsage.TotalTime;

        internal void Start()
        {
            _processor -= Processor;
            _clock.Start();
        }

        internal void Stop()
        {
            _clock.Stop();
            _processor += Processor;
        }

        internal Cost GetCost(int rows) => new(rows / _clock.Elapsed.TotalSeconds, _processor.TotalMicroseconds / rows);
    }
}
