using System.Diagnostics;
using Hangfire;
using Hangfire.Mongo;
using Hangfire.Mongo.Migration.Strategies;
using Hangfire.Mongo.Migration.Strategies.Backup;
using Hangfire.States;
using Hangfire.Storage;
using MongoDB.Driver;

// Runs an enqueued, a scheduled and a recurring job of Hangfire on the MongoDB server whose connection string is the only argument. Workers
// are notified through a tailable cursor. Exits with 0 if all of them have run and are stored as succeeded.
if (args is not [var connectionString])
{
    await Console.Error.WriteLineAsync("usage: hangfire-mongo <connection string>");
    return 2;
}

var options = new MongoStorageOptions
{
    CheckQueuedJobsStrategy = CheckQueuedJobsStrategy.TailNotificationsCollection,
    MigrationOptions = new MongoMigrationOptions
    {
        MigrationStrategy = new MigrateMongoMigrationStrategy(),
        BackupStrategy = new CollectionMongoBackupStrategy(),
    },
};
var storage = new MongoStorage(MongoClientSettings.FromConnectionString(connectionString), "hangfire", options);
var serverOptions = new BackgroundJobServerOptions { WorkerCount = 2, SchedulePollingInterval = TimeSpan.FromSeconds(1) };
using var server = new BackgroundJobServer(serverOptions, storage);
var client = new BackgroundJobClient(storage);
var recurring = new RecurringJobManager(storage);

// Jobs of earlier runs may exist.
var enqueued = client.Enqueue(() => Jobs.Run("enqueued"));
var scheduled = client.Schedule(() => Jobs.Run("scheduled"), TimeSpan.FromSeconds(1));
recurring.AddOrUpdate("recurring", () => Jobs.Run("recurring"), "* * * * * *");

var running = Stopwatch.StartNew();
var states = GetStates();
while (states.Any(IsIncomplete) && running.Elapsed < TimeSpan.FromSeconds(90))
{
    await Task.Delay(200);
    states = GetStates();
}

recurring.RemoveIfExists("recurring");
foreach (var (job, state) in states)
    Console.WriteLine($"{job}: {state}");

return states.Any(IsIncomplete) ? 1 : 0;

// An earlier run may have left a recurring job that succeeded.
bool IsIncomplete(KeyValuePair<string, string> job) => job.Value != SucceededState.StateName || !Jobs.Completed.Contains(job.Key);

Dictionary<string, string> GetStates()
{
    using var connection = storage.GetConnection();
    return new Dictionary<string, string>
    {
        ["enqueued"] = connection.GetStateData(enqueued)?.Name ?? "missing",
        ["scheduled"] = connection.GetStateData(scheduled)?.Name ?? "missing",
        ["recurring"] = connection.GetRecurringJobs().SingleOrDefault()?.LastJobState ?? "missing",
    };
}

/// <summary>The jobs, which record that they have run.</summary>
public static class Jobs
{
    private static readonly HashSet<string> Names = [];

    public static IReadOnlyCollection<string> Completed
    {
        get
        {
            lock (Names)
                return [.. Names];
        }
    }

    public static void Run(string name)
    {
        lock (Names)
            Names.Add(name);
    }
}
