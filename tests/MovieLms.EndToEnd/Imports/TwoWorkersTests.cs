using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Hangfire;
using Hangfire.Redis.StackExchange;
using Microsoft.AspNetCore.Builder;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Storage;
using MovieLms.Data.Todos;
using MovieLms.Testing;
using MovieLms.Testing.Processes;
using MovieLms.Testing.Telemetry;
using MovieLms.Worker;
using StackExchange.Redis;

namespace MovieLms.EndToEnd.Imports;

/// <summary>Two Worker processes with the same queue and schedule.</summary>
public sealed class TwoWorkersTests
{
    private const int Users = 8;
    private const int Rows = 3_000;
    private const int InvalidRowInterval = 100;
    private const string Password = "dolly-zoom-on-the-pier-7";

    [Fact]
    public async Task Workers_share_imports_and_store_no_row_twice_when_one_is_killed()
    {
        var database = BackingServices.CreateName();
        await using var services = await ServiceProcesses.StartAsync(
            database,
            new Dictionary<string, string?>
            {
                ["Imports__Parallel"] = "1",
                ["Imports__BatchRows"] = "100",
                ["Imports__Lease"] = "00:00:02",
            }
        );
        var second = await services.StartAnotherAsync("Worker");
        var imports = await Task.WhenAll(Enumerable.Range(0, Users).Select(user => UploadAsync(services.Api, user)));

        await Eventually.WaitUntilAsync(
            () => Task.FromResult(CountCompleted(services["Worker"]) > 0 && CountCompleted(services[second]) > 0),
            "both workers have completed an import",
            180
        );
        await services.KillAsync(second);
        foreach (var (client, location) in imports)
        {
            await Eventually.WaitUntilAsync(
                async () => (await client.GetFromJsonAsync<JsonElement>(location)).GetProperty("state").GetString() == "completed",
                "the import is completed",
                180
            );
            var import = await client.GetFromJsonAsync<JsonElement>(location);
            Assert.Equal(
                (Rows, Rows - (Rows / InvalidRowInterval), Rows / InvalidRowInterval),
                (GetNumber(import, "total"), GetNumber(import, "succeeded"), GetNumber(import, "failed"))
            );
            client.Dispose();
        }

        using var mongo = new MongoClient((await BackingServices.GetAsync()).GetMongoConnectionString(database));
        var todos = mongo.GetDatabase(database).GetCollection<BsonDocument>(TodoEntity.Collection);
        Assert.Equal(Users * (Rows - (Rows / InvalidRowInterval)), await todos.CountDocumentsAsync(new BsonDocument()));
        // Titles contain the user and row, so a row stored twice would be two documents with the same title.
        var titles = await todos.Find(new BsonDocument()).Project(new BsonDocument { { "title", 1 }, { "_id", 0 } }).ToListAsync();
        Assert.Equal(titles.Count, titles.Select(todo => todo["title"].AsString).Distinct().Count());
        var errors = mongo.GetDatabase(database).GetCollection<BsonDocument>(CollectionNames.ImportErrors);
        Assert.Equal(Users * (Rows / InvalidRowInterval), await errors.CountDocumentsAsync(new BsonDocument()));
    }

    [Fact]
    public async Task Recurring_jobs_of_two_workers_do_not_overlap()
    {
        string[] jobs = ["seats-repair", "uploads-sweep"];
        const int triggers = 40;
        await using var collector = await OtlpReceiver.StartAsync();
        var database = BackingServices.CreateName();
        await using var services = await ServiceProcesses.StartAsync(
            database,
            new Dictionary<string, string?>(collector.Environment) { ["Jobs__Workers"] = "8", ["OTEL_TRACES_SAMPLER"] = "always_on" }
        );
        await services.StartAnotherAsync("Worker");

        // Registers the workers' jobs, so that this process can read their schedule.
        WebApplication.CreateBuilder().AddWorker();
        using var redis = await ConnectionMultiplexer.ConnectAsync((await BackingServices.GetAsync()).Redis);
        var storage = new RedisStorage(redis, new RedisStorageOptions { Prefix = $"{database}:{{hangfire}}:" });
        await Eventually.WaitUntilAsync(
            () => Task.FromResult(storage.GetMonitoringApi().Servers().Count == 2),
            "both workers run the schedule",
            60
        );
        var manager = new RecurringJobManager(storage);
        for (var i = 0; i < triggers; i++)
        {
            foreach (var job in jobs)
                manager.Trigger(job);
        }

        await Eventually.WaitUntilAsync(
            () => Task.FromResult(storage.GetMonitoringApi().SucceededListCount() >= triggers * jobs.Length),
            "every triggered job has run",
            120
        );
        await Eventually.WaitUntilAsync(
            () => Task.FromResult(Runs().Select(run => run.Instance).Distinct().Count() == 2),
            "both workers have run jobs",
            60
        );
        foreach (var job in jobs)
        {
            var runs = Runs().Where(run => run.Name == $"job {job}").OrderBy(run => run.Start).ToList();
            Assert.NotEmpty(runs);
            Assert.All(
                runs.Zip(runs.Skip(1)),
                pair => Assert.True(pair.First.End <= pair.Second.Start, $"{pair.First} and {pair.Second} overlap.")
            );
        }

        IEnumerable<ReceivedSpan> Runs() => collector.Spans.Where(span => jobs.Any(job => span.Name == $"job {job}"));
    }

    private static async Task<(HttpClient Client, Uri Import)> UploadAsync(Uri api, int user)
    {
        var email = $"user{user}@example.test";
        using (var anonymous = new HttpClient { BaseAddress = api })
        {
            using var registered = await anonymous.PostAsJsonAsync(
                "/api/auth/register",
                new
                {
                    username = $"User {user}",
                    email,
                    password = Password,
                }
            );
            registered.EnsureSuccessStatusCode();
        }
        var client = await ApiClient.SignInAsync(api, email, Password);
        var text = new StringBuilder("title,priority\n");
        for (var row = 1; row <= Rows; row++)
            text.Append(CultureInfo.InvariantCulture, $"User {user} row {row},{(row % InvalidRowInterval == 0 ? "urgent" : "high")}\n");
        using var file = new MultipartFormDataContent
        {
            { new StringContent(text.ToString(), Encoding.UTF8, "text/csv"), "file", "todos.csv" },
        };
        using var response = await client.PostAsync("/api/todos/import", file);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        return (client, response.Headers.Location!);
    }

    /// <summary>Counts the imports that a worker has logged as completed.</summary>
    private static int CountCompleted(DotnetProcess worker) => worker.Output.Split(" Completed: ").Length - 1;

    private static int GetNumber(JsonElement import, string name) => import.GetProperty(name).GetInt32();
}
