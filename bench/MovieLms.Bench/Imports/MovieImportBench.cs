using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using MongoDB.Bson;
using MongoDB.Bson.IO;
using MongoDB.Driver;
using MovieLms.Bench.Measuring;
using MovieLms.Testing.Processes;

namespace MovieLms.Bench.Imports;

/// <summary>
/// Imports a file of movies twice through upload, worker and database, each in its own process. Compares both with a plain InsertMany
/// loop of the stored documents into a collection with the same indexes. The database is the embedded one on disk, or that of the server
/// named by <c>MOVIELMS_TEST_MONGODB</c>, whose processor time is not measured. The rounds alternate, so that other load on the machine
/// affects all, and the medians are printed. Argument: the number of rows per round.
/// </summary>
internal static class MovieImportBench
{
    private const int Batch = 1_000;
    private const string WarmUpSuffix = "_warmUp";
    private const string BareSuffix = "_bare";

    /// <summary>Enough for the runtime to compile the code of all processes with optimizations before the measurement.</summary>
    private const int WarmUpRows = 60_000;
    private const int Rounds = 5;

    internal static async Task<int> RunAsync(string[] args)
    {
        var rows = args is [var text] && int.TryParse(text, CultureInfo.InvariantCulture, out var given) ? given : 40_000;
        var external = ExternalMongo.Create();
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
            await ExternalMongo.DropAsync(external, WarmUpSuffix, BareSuffix);
        }
    }

    private static async Task MeasureAsync(Installation installation, int rows)
    {
        using var client = await ApiClient.SignInAsync(installation.Services.Api, Installation.AdminEmail, Installation.AdminPassword);
        using var mongo = new MongoClient(installation.Mongo);
        var database = MongoUrl.Create(installation.Mongo).DatabaseName;
        var movies = mongo.GetDatabase(database).GetCollection<RawBsonDocument>("movies");
        var (forWarmUp, forBare) = (mongo.GetDatabase(database + WarmUpSuffix), mongo.GetDatabase(database + BareSuffix));
        var warmUp = MovieFile.Create(1, WarmUpRows);
        await ImportAsync(client, installation, warmUp, WarmUpRows);
        await ImportAsync(client, installation, warmUp, WarmUpRows);
        await InsertAsync(installation, movies, forWarmUp, WarmUpRows);
        await Task.Delay(TimeSpan.FromSeconds(3));

        var (first, bare, again) = (new List<Cost>(), new List<Cost>(), new List<Cost>());
        for (var round = 0; round < Rounds; round++)
        {
            var file = MovieFile.Create(WarmUpRows + (round * rows) + 1, rows);
            first.Add(await ImportAsync(client, installation, file, rows));
            bare.Add(await InsertAsync(installation, movies, forBare, rows));
            again.Add(await ImportAsync(client, installation, file, rows));
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Rounds} rounds of {rows:N0} movies"));
        Print("plain InsertMany loop", Median(bare), Median(bare));
        Print("first import", Median(first), Median(bare));
        Print("import of the same file", Median(again), Median(bare));
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
            await meter.AddBackgroundWorkAsync();
            var stored = import.GetProperty("succeeded").GetInt64();
            return stored == rows ? meter.GetCost(rows) : throw new InvalidOperationException($"{stored} of {rows} rows were stored.");
        }
    }

    /// <summary>Inserts the newest movies into another database. Measures only the inserts.</summary>
    private static async Task<Cost> InsertAsync(
        Installation installation,
        IMongoCollection<RawBsonDocument> movies,
        IMongoDatabase target,
        int rows
    )
    {
        var stored = await movies.Find(new BsonDocument()).Sort("{_id: -1}").Limit(rows).ToListAsync();
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
        await meter.AddBackgroundWorkAsync();
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

    private static Cost Median(List<Cost> costs) =>
        new(costs.Select(cost => cost.RowsPerSecond).Median(), costs.Select(cost => cost.Microseconds).Median());

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

        /// <summary>
        /// Waits until the processes are idle, and adds the processor time until then: RocksDB sorts what was written in the background.
        /// </summary>
        internal async Task AddBackgroundWorkAsync()
        {
            _processor -= Processor;
            for (var (before, idle) = (Processor, 0); idle < 4; )
            {
                await Task.Delay(250);
                idle = Processor - before < TimeSpan.FromMilliseconds(25) ? idle + 1 : 0;
                before = Processor;
            }
            _processor += Processor;
        }

        internal Cost GetCost(int rows) => new(rows / _clock.Elapsed.TotalSeconds, _processor.TotalMicroseconds / rows);
    }
}
