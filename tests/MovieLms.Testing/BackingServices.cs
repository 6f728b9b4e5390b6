using MongoDB.Driver;
using MovieLms.Standalone;

namespace MovieLms.Testing;

/// <summary>
/// MongoDB and Redis on real sockets, started once per test process. Uses the servers named by <c>MOVIELMS_TEST_MONGODB</c> and
/// <c>MOVIELMS_TEST_REDIS</c>, else the embedded ones. Each test class uses its own database and Redis prefix.
/// </summary>
public sealed class BackingServices
{
    private static readonly Lazy<Task<BackingServices>> Shared = new(StartAsync);
    private static int _databases;

    private BackingServices(string mongo, string redis) => (MongoServer, Redis) = (mongo, redis);

    /// <summary>The MongoDB connection string, without a database.</summary>
    public string MongoServer { get; }

    /// <summary>The value of <c>ConnectionStrings:redis</c>.</summary>
    public string Redis { get; }

    /// <summary>True if the tests use an external MongoDB, which may lack features of the embedded one.</summary>
    public static bool IsExternalMongo => Environment.GetEnvironmentVariable("MOVIELMS_TEST_MONGODB") is { Length: > 0 };

    /// <summary>Returns the servers of the test process, and starts them on first use.</summary>
    public static Task<BackingServices> GetAsync() => Shared.Value;

    /// <summary>Returns a unique name for a database and a Redis prefix.</summary>
    public static string CreateName() => $"test_{Environment.ProcessId}_{Interlocked.Increment(ref _databases)}_{Guid.NewGuid():N}"[..38];

    /// <summary>Returns the connection string of a database.</summary>
    public string GetMongoConnectionString(string database)
    {
        var url = new MongoUrlBuilder(MongoServer) { DatabaseName = database };
        return url.ToString();
    }

    private static async Task<BackingServices> StartAsync()
    {
        var mongo = Environment.GetEnvironmentVariable("MOVIELMS_TEST_MONGODB");
        var redis = Environment.GetEnvironmentVariable("MOVIELMS_TEST_REDIS");
        if (!string.IsNullOrEmpty(mongo) && !string.IsNullOrEmpty(redis))
            return new BackingServices(mongo, redis);
        var folder = DataFolder.Open(new StandaloneOptions { Ephemeral = true });
        var kinds = (string.IsNullOrEmpty(mongo) ? BackingKinds.Mongo : 0) | (string.IsNullOrEmpty(redis) ? BackingKinds.Redis : 0);
        var embedded = await EmbeddedBackingServices.StartAsync(
            new StandaloneOptions { MongoPort = 0, RedisPort = 0 },
            kinds,
            folder,
            CancellationToken.None
        );
        // The servers end with the test process, but the folder would outlive it.
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            embedded.Redis?.Dispose();
            folder.Dispose();
        };
        mongo = embedded.Mongo?.ConnectionString ?? mongo!;
        redis = embedded.Redis?.ConnectionString ?? redis!;
        return new BackingServices(mongo, redis);
    }
}
