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
/// Imports a to-do file of 500,000 rows through upload, worker and embedded database on disk, each in its own process. Compares it with a
/// plain InsertMany loop of the same documents and indexes on the same server. Argument: the number of rows.
/// </summary>
internal static class ImportBench
{
    private const int Batch = 1_000;
    private const int Parts = 10;
    private const int Readers = 8;
    private static readonly TimeSpan ReadTime = TimeSpan.FromSeconds(8);

    internal static async Task<int> RunAsync(string[] args)
    {
        var rows = args is [var text] && int.TryParse(text, CultureInfo.InvariantCulture, out var given) ? given : 500_000;
        await using var installation = await Installation.StartAsync(
            new Dictionary<string, string?> { ["RateLimits__RequestsPerSecond"] = "1000000" }
        );
        using var client = await ApiClient.SignInAsync(installation.Services.Api, Installation.AdminEmail, Installation.AdminPassword);
        var bare = await InsertAsync(installation.Mongo, rows);
        Print("plain InsertMany loop", bare, rows);

        await ReadAsync(client, ReadTime);
        var quiet = await ReadAsync(client, ReadTime);
        var idle = installation.Services["Worker"].ResidentBytes;
        var (import, rate, max, during) = await ImportAsync(client, installation, rows);
        Print("import", import, rows);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                import rate reported by the API: {rate:N0} rows/s; {rate / bare[^1]:P0} of the plain loop
                Worker: {idle >> 20} MB idle, {max >> 20} MB maximum ({(max - idle) >> 20} MB more)
                cached reads: {quiet:N0}/s before, {during:N0}/s during the import ({during / quiet:P0})
                """
            )
        );
        return 0;
    }

    /// <summary>Returns the rows per second of each tenth, followed by the overall rate.</summary>
    private static async Task<IReadOnlyList<double>> InsertAsync(string connection, int rows)
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
            rates.Advance(from + Batch - 1);
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
        var max = 0L;
        Task<double>? reads = null;
        while (true)
        {
            var import = await client.GetFromJsonAsync<JsonElement>(accepted.Headers.Location);
            var done = import.GetProperty("succeeded").GetInt64();
            max = Math.Max(max, installation.Services["Worker"].ResidentBytes);
            if (done == 0)
                rates.Begin();
            rates.Advance(done);
            if (done > rows / Parts)
                reads ??= ReadAsync(client, ReadTime);
            if (import.GetProperty("state").GetString() is "completed" or "failed")
            {
                if (done != rows)
                    throw new InvalidOperationException($"{done} of {rows} rows were stored.");
                return (rates.End(), import.GetProperty("rowsPerSecond").GetDouble(), max, await (reads ?? Task.FromResult(0.0)));
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
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {rows:N0} rows, {rates[^1]:N0}/s overall"));
        Console.WriteLine(
            "  by tenths: " + string.Join("  ", rates.SkipLast(1).Select(rate => rate.ToString("N0", CultureInfo.InvariantCulture)))
        );
    }

    /// <summary>Records the rate of each tenth of the rows.</summary>
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

        internal void Advance(long row)
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
