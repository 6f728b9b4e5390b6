using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Testing.Processes;

namespace MovieLms.Bench.Imports;

/// <summary>
/// A to-do file of 500,000 rows through the whole road (upload, worker, embedded database on disk, each a process of its own), beside a
/// bare loop of InsertMany with the same documents and indexes on the same server in the same run. Argument: the number of rows.
/// </summary>
internal static class ImportBench
{
    private const int Batch = 1_000;
    private const int Parts = 10;
    private const int Readers = 8;
    private static readonly TimeSpan ReadFor = TimeSpan.FromSeconds(8);

    internal static async Task<int> RunAsync(string[] args)
    {
        var rows = args is [var text] && int.TryParse(text, CultureInfo.InvariantCulture, out var given) ? given : 500_000;
        await using var installation = await Installation.StartAsync(
            new Dictionary<string, string?> { ["RateLimits__RequestsPerSecond"] = "1000000" }
        );
        using var client = await ApiClient.SignInAsync(installation.Services.Api, Installation.AdminEmail, Installation.AdminPassword);
        var bare = await BareAsync(installation.Mongo, rows);
        Print("bare InsertMany loop", bare, rows);

        await ReadAsync(client, ReadFor);
        var quiet = await ReadAsync(client, ReadFor);
        var idle = installation.Services["Worker"].ResidentBytes;
        var (import, rate, most, meanwhile) = await ImportAsync(client, installation, rows);
        Print("import", import, rows);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                the import as the API tells it: {rate:N0} rows/s; {rate / bare[^1]:P0} of the bare loop
                Worker: {idle >> 20} MB idle, {most >> 20} MB at most ({(most - idle) >> 20} MB over idle)
                cached reads: {quiet:N0}/s before, {meanwhile:N0}/s meanwhile ({meanwhile / quiet:P0})
                """
            )
        );
        return 0;
    }

    /// <summary>Rows a second of each tenth, and of all.</summary>
    private static async Task<IReadOnlyList<double>> BareAsync(string connection, int rows)
    {
        using var client = new MongoClient(connection);
        var todos = client.GetDatabase("bare").GetCollection<BsonDocument>("todos");
        await todos.Indexes.CreateManyAsync([
            new CreateIndexModel<BsonDocument>(new BsonDocument { { "ownerId", 1 }, { "_id", -1 } }),
            new CreateIndexModel<BsonDocument>(
                new BsonDocument { { "importId", 1 }, { "importRow", 1 } },
                new CreateIndexOptions { Unique = true, Sparse = true }
            ),
            new CreateIndexModel<BsonDocument>(
                new BsonDocument { { "ownerId", 1 }, { "dueDate", 1 } },
                new CreateIndexOptions<BsonDocument> { PartialFilterExpression = new BsonDocument("done", false) }
            ),
        ]);
        var rates = new Rate(rows);
        for (var from = 1; from <= rows; from += Batch)
        {
            await todos.InsertManyAsync(
                Enumerable.Range(from, Batch).Select(TodoRows.Document),
                new InsertManyOptions { IsOrdered = false }
            );
            rates.Reached(from + Batch - 1);
        }
        return rates.End();
    }

    private static async Task<(IReadOnlyList<double> Rates, double Rate, long MaxBytes, double Reads)> ImportAsync(
        HttpClient client,
        Installation installation,
        int rows
    )
    {
        var path = Path.GetTempFileName();
        await TodoRows.WriteAsync(path, rows);
        using var form = new MultipartFormDataContent();
        form.Add(
            new StreamContent(File.OpenRead(path)) { Headers = { ContentType = MediaTypeHeaderValue.Parse("text/csv") } },
            "file",
            "todos.csv"
        );
        using var accepted = await client.PostAsync("/api/todos/import", form);
        accepted.EnsureSuccessStatusCode();
        File.Delete(path);
        var rates = new Rate(rows);
        var most = 0L;
        Task<double>? reads = null;
        while (true)
        {
            var import = await client.GetFromJsonAsync<JsonElement>(accepted.Headers.Location);
            var done = import.GetProperty("succeeded").GetInt64();
            most = Math.Max(most, installation.Services["Worker"].ResidentBytes);
            if (done == 0)
                rates.Begin();
            rates.Reached(done);
            if (done > rows / Parts)
                reads ??= ReadAsync(client, ReadFor);
            if (import.GetProperty("state").GetString() is "completed" or "failed")
            {
                if (done != rows)
                    throw new InvalidOperationException($"{done} of {rows} rows were stored.");
                return (rates.End(), import.GetProperty("rowsPerSecond").GetDouble(), most, await (reads ?? Task.FromResult(0.0)));
            }
            await Task.Delay(50);
        }
    }

    private static async Task<double> ReadAsync(HttpClient client, TimeSpan time)
    {
        var clock = Stopwatch.StartNew();
        var counts = await Task.WhenAll(
            Enumerable
                .Range(0, Readers)
                .Select(async _ =>
                {
                    var count = 0;
                    for (; clock.Elapsed < time; count++)
                        await client.GetByteArrayAsync("/api/analytics");
                    return count;
                })
        );
        return counts.Sum() / clock.Elapsed.TotalSeconds;
    }

    private static void Print(string name, IReadOnlyList<double> rates, int rows)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {rows:N0} rows, {rates[^1]:N0}/s over all"));
        Console.WriteLine(
            "  by tenths: " + string.Join("  ", rates.SkipLast(1).Select(rate => rate.ToString("N0", CultureInfo.InvariantCulture)))
        );
    }

    /// <summary>Notes how fast each tenth went by.</summary>
    private sealed class Rate(int rows)
    {
        private readonly Stopwatch _all = Stopwatch.StartNew();
        private readonly Stopwatch _part = Stopwatch.StartNew();
        private readonly List<double> _rates = [];
        private long _from;

        internal void Begin()
        {
            _all.Restart();
            _part.Restart();
        }

        internal void Reached(long row)
        {
            if (row - _from < rows / Parts)
                return;
            _rates.Add((row - _from) / _part.Elapsed.TotalSeconds);
            _part.Restart();
            _from = row;
        }

        internal IReadOnlyList<double> End() => [.. _rates, rows / _all.Elapsed.TotalSeconds];
    }
}
