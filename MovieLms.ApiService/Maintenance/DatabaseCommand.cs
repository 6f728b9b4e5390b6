using MongoDB.Driver;
using MovieLms.Data;
using MovieLms.Data.Changes;
using MovieLms.ServiceDefaults.Mongo;

namespace MovieLms.ApiService.Maintenance;

/// <summary>
/// The command <c>MovieLms.ApiService --initialize-database</c>, a deployment step to run before the services start. Creates all
/// indexes and exits without serving requests. Retries for <c>Database:InitializeTimeoutSeconds</c> while no server responds.
/// </summary>
internal static class DatabaseCommand
{
    private const string Switch = "--initialize-database";
    private const int DefaultTimeoutSeconds = 120;
    private const int MaxProblemLength = 400;
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(2);

    internal static bool IsRequested(string[] args) => args.Contains(Switch);

    /// <returns>The exit code: 0 if all indexes exist, otherwise 1 after one sentence on the error stream.</returns>
    internal static async Task<int> RunAsync(string[] args)
    {
        var builder = Host.CreateApplicationBuilder([.. args.Where(argument => argument != Switch)]);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        try
        {
            builder.AddMongo();
            builder.Services.AddSingleton<IChangeSink, NoChanges>().AddMovieLmsData();
            using var host = builder.Build();
            var timeout = builder.Configuration.GetValue("Database:InitializeTimeoutSeconds", DefaultTimeoutSeconds);
            await CreateIndexesAsync(host.Services, TimeSpan.FromSeconds(timeout));
            Console.WriteLine("Every index exists.");
            return 0;
        }
        catch (Exception e) when (e is InvalidOperationException or MongoException or TimeoutException)
        {
            await Console.Error.WriteLineAsync(e is MongoException ? Explain((MongoException)e) : e.Message);
            return 1;
        }
    }

    private static async Task CreateIndexesAsync(IServiceProvider services, TimeSpan timeout)
    {
        var initializer = services.GetRequiredService<DatabaseInitializer>();
        var clock = services.GetRequiredService<TimeProvider>();
        var servers = string.Join(", ", services.GetRequiredService<IMongoClient>().Settings.Servers);
        var start = clock.GetTimestamp();
        while (true)
        {
            try
            {
                await initializer.CreateIndexesAsync(CancellationToken.None);
                return;
            }
            catch (Exception e) when (e is TimeoutException or MongoConnectionException and not MongoAuthenticationException)
            {
                if (clock.GetElapsedTime(start) > timeout)
                {
                    throw new TimeoutException(
                        $"No MongoDB responded at {servers} for {timeout.TotalSeconds:0} s: check ConnectionStrings__mongodb and that the server is running.",
                        e
                    );
                }

                await Task.Delay(RetryInterval, clock);
            }
        }
    }

    private static string Explain(MongoException problem)
    {
        if (problem is MongoAuthenticationException)
            return "MongoDB rejected the user name or password in ConnectionStrings__mongodb.";
        var text = problem.Message.ReplaceLineEndings(" ");
        return $"An index could not be created. Fix the cause and run the command again: {text[..Math.Min(text.Length, MaxProblemLength)]}";
    }

    /// <summary>Discards changes, because creating an index changes no document.</summary>
    private sealed class NoChanges : IChangeSink
    {
        public Task PublishAsync(Change change) => Task.CompletedTask;
    }
}
