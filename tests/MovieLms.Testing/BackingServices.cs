using MongoDB.Driver;
using MovieLms.Standalone;

namespace MovieLms.Testing;

/// <summary>
/// MongoDB and Redis for tests, on real sockets, once a test process: those that <c>MOVIELMS_TEST_MONGODB</c> and
/// <c>MOVIELMS_TEST_REDIS</c> name, else the embedded ones. A test class takes a database and a Redis prefix of its own.
/// </summary>
public sealed class BackingServices
{
    private static readonly Lazy<Task<BackingServices>> Shared = new(StartAsync);
    private static int _databases;

    private BackingServices(string mongo, string redis) => (MongoServer, Redis) = (mongo, redis);

    /// <summary>The server's connection string, without a database.</summary>
    public string MongoServer { get; }

    /// <summary>For <c>ConnectionStrings:redis</c>.</summary>
    public string Redis { get; }

    /// <summary>True when the tests run on servers named from outside, which may lack what the embedded one has.</summary>
    public static bool IsExternalMongo => Environment.GetEnvironmentVariable("MOVIELMS_TEST_MONGODB") is { Length: > 0 };

    /// <summary>The process' servers, started on first use.</summary>
    public static Task<BackingServices> GetAsync() => Shared.Value;

    /// <summary>A database name that no other test uses, and a Redis prefix to go with it.</summary>
    public static string NewName() => $"test_{Environment.ProcessId}_{Interlocked.Increment(ref _databases)}_{Guid.NewGuid():N}"[..38];

    /// <summary>The connection string of that database.</summary>
    public string Mongo(string database)
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
        // The servers live as long as the test process; only the folder would outlive it.
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
