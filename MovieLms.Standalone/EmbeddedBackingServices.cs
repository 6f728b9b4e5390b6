using EmbeddedMongo;
using MovieLms.Standalone.Mail;

namespace MovieLms.Standalone;

/// <summary>The backing services that run inside this process.</summary>
public sealed class EmbeddedBackingServices : IAsyncDisposable
{
    /// <summary>The user name of the embedded MongoDB.</summary>
    public const string MongoUser = "movielms";

    private EmbeddedBackingServices(
        EmbeddedMongoServer? mongo,
        EmbeddedRedis? redis,
        MailCatcher? mail,
        ServicePassword? mongoPassword,
        ServicePassword redisPassword
    ) => (Mongo, Redis, Mail, MongoPassword, RedisPassword) = (mongo, redis, mail, mongoPassword, redisPassword);

    /// <summary>The embedded MongoDB; null if an external one is configured.</summary>
    public EmbeddedMongoServer? Mongo { get; }

    /// <summary>The embedded Redis; null if an external one is configured.</summary>
    public EmbeddedRedis? Redis { get; }

    /// <summary>The mail catcher; null if it was not requested.</summary>
    public MailCatcher? Mail { get; }

    /// <summary>The password of the embedded MongoDB; null if it does not run.</summary>
    internal ServicePassword? MongoPassword { get; }

    /// <summary>The password of the embedded Redis.</summary>
    internal ServicePassword RedisPassword { get; }

    /// <summary>Starts the requested services in parallel.</summary>
    /// <exception cref="StandaloneException">A port is in use, or a folder or a password is not usable.</exception>
    public static async Task<EmbeddedBackingServices> StartAsync(
        StandaloneOptions options,
        BackingKinds kinds,
        DataFolder folder,
        CancellationToken cancellationToken
    )
    {
        var mongoPassword = kinds.HasFlag(BackingKinds.Mongo) ? GetMongoPassword(options, folder) : null;
        var redisPassword = options.RedisPassword is { } configured
            ? ServicePassword.FromVariable(configured, EmbeddedPassword.RedisVariable)
            : ServicePassword.Generate(EmbeddedPassword.RedisVariable);
        var redis = kinds.HasFlag(BackingKinds.Redis)
            ? Task.Run(
                () =>
                    EmbeddedRedis.Start(
                        options.RedisPort,
                        folder.GetSubfolder("redis"),
                        redisPassword.Value,
                        options.Memory.RedisMegabytes
                    ),
                cancellationToken
            )
            : Task.FromResult<EmbeddedRedis>(null!);
        var mongo = mongoPassword is not null
            ? StartMongoAsync(options, mongoPassword.Value, folder, cancellationToken)
            : Task.FromResult<EmbeddedMongoServer>(null!);
        MailCatcher? mail = null;
        try
        {
            if (kinds.HasFlag(BackingKinds.Mail))
                mail = MailCatcher.Start(new MailCatcherOptions { Port = options.SmtpPort, Folder = folder.GetSubfolder("mail") });
            await Task.WhenAll(redis, mongo);
        }
        catch
        {
            // Wait for both in any case: a server that is still starting must not be left running.
            await Task.WhenAll(redis, mongo).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (mail is not null)
                await mail.DisposeAsync();
            if (redis.IsCompletedSuccessfully)
                (await redis)?.Dispose();
            if (mongo.IsCompletedSuccessfully && await mongo is { } started)
                await started.DisposeAsync();
            throw;
        }
        return new EmbeddedBackingServices(await mongo, await redis, mail, mongoPassword, redisPassword);
    }

    /// <summary>Stops the services.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Mail is not null)
            await Mail.DisposeAsync();
        Redis?.Dispose();
        if (Mongo is not null)
            await Mongo.DisposeAsync();
    }

    /// <summary>Returns the configured password, or else the password of the data folder, or a random one if data is not kept.</summary>
    private static ServicePassword GetMongoPassword(StandaloneOptions options, DataFolder folder)
    {
        if (options.MongoPassword is { } configured)
            return ServicePassword.FromVariable(configured, EmbeddedPassword.MongoVariable);
        return folder.IsEphemeral
            ? ServicePassword.Generate(EmbeddedPassword.MongoVariable)
            : new ServicePassword(MongoPasswordFile.GetOrCreate(folder), $"password in {MongoPasswordFile.GetPath(folder)}");
    }

    private static Task<EmbeddedMongoServer> StartMongoAsync(
        StandaloneOptions options,
        string password,
        DataFolder folder,
        CancellationToken cancellationToken
    ) =>
        Task.Run(
            async () =>
            {
                try
                {
                    return await EmbeddedMongoServer.StartAsync(
                        new EmbeddedMongoOptions
                        {
                            Port = options.MongoPort,
                            User = new EmbeddedMongoUser(MongoUser, password),
                            DataDirectory = folder.IsEphemeral ? null : folder.GetSubfolder("mongo"),
                            CacheBytes = options.Memory.MongoCacheMegabytes * 1024L * 1024,
                        },
                        cancellationToken
                    );
                }
                catch (EmbeddedMongoException e)
                {
                    throw new StandaloneException(
                        $"{e.Message} (--mongo-port PORT and --data DIR change the embedded MongoDB's port and folder.)",
                        e
                    );
                }
            },
            cancellationToken
        );
}
