using MovieLms.EmbeddedMongo;

namespace MovieLms.Standalone;

/// <summary>The backing services that this process brings itself.</summary>
public sealed class EmbeddedBackingServices : IAsyncDisposable
{
    private EmbeddedBackingServices(EmbeddedMongoServer? mongo, EmbeddedRedis? redis) => (Mongo, Redis) = (mongo, redis);

    /// <summary>Null when it comes from elsewhere.</summary>
    public EmbeddedMongoServer? Mongo { get; }

    /// <summary>Null when it comes from elsewhere.</summary>
    public EmbeddedRedis? Redis { get; }

    /// <summary>Starts what is asked for, side by side.</summary>
    /// <exception cref="StandaloneException">A port is taken or a folder cannot be used.</exception>
    public static async Task<EmbeddedBackingServices> StartAsync(
        StandaloneOptions options, BackingKinds kinds, DataFolder folder, CancellationToken cancellationToken)
    {
        var redis = kinds.HasFlag(BackingKinds.Redis)
            ? Task.Run(() => EmbeddedRedis.Start(options.RedisPort, folder.Sub("redis")), cancellationToken)
            : Task.FromResult<EmbeddedRedis>(null!);
        var mongo = kinds.HasFlag(BackingKinds.Mongo) ? StartMongoAsync(options, folder, cancellationToken) : Task.FromResult<EmbeddedMongoServer>(null!);
        try
        {
            await Task.WhenAll(redis, mongo);
        }
        catch
        {
            if (redis.IsCompletedSuccessfully) (await redis)?.Dispose();
            if (mongo.IsCompletedSuccessfully && await mongo is { } started) await started.DisposeAsync();
            throw;
        }
        return new EmbeddedBackingServices(await mongo, await redis);
    }

    /// <summary>Stops them.</summary>
    public async ValueTask DisposeAsync()
    {
        Redis?.Dispose();
        if (Mongo is not null) await Mongo.DisposeAsync();
    }

    private static Task<EmbeddedMongoServer> StartMongoAsync(StandaloneOptions options, DataFolder folder, CancellationToken cancellationToken) =>
        Task.Run(
            async () =>
            {
                try
                {
                    return await EmbeddedMongoServer.StartAsync(
                        new EmbeddedMongoOptions { Port = options.MongoPort, DataDirectory = folder.IsEphemeral ? null : folder.Sub("mongo") },
                        cancellationToken);
                }
                catch (EmbeddedMongoException e)
                {
                    throw new StandaloneException($"{e.Message} (--mongo-port PORT and --data DIR change the embedded MongoDB's port and folder.)", e);
                }
            },
            cancellationToken);
}
