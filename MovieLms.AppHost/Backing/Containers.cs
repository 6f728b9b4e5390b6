using MovieLms.AppHost.Parameters;

namespace MovieLms.AppHost.Backing;

/// <summary>MongoDB, Redis and MailDev as containers.</summary>
internal static class Containers
{
    private const string MailDevImage = "maildev/maildev";
    private const string MailDevTag = "2.2.1";

    internal static BackingServices AddContainers(this IDistributedApplicationBuilder builder, AppHostOptions options)
    {
        var mongodb = builder.AddMongo(options).AddDatabase("mongodb", "movielms");
        var redis = builder.AddRedis(options);
        var mail = builder.AddMailDev(options);
        return new BackingServices(mongodb, redis, builder.AddSmtp(mail), [mongodb, redis, mail], mail.GetEndpoint("http"));
    }

    /// <summary>
    /// Adds MongoDB. The password is generated once and kept in the user secrets, because a data volume accepts only the password it
    /// was created with.
    /// </summary>
    private static IResourceBuilder<MongoDBServerResource> AddMongo(this IDistributedApplicationBuilder builder, AppHostOptions options)
    {
        var mongo = builder
            .AddMongoDB("mongo", password: builder.AddMongoPassword())
            .WithPublishedDigest(options, ImageDigests.Mongo)
            .WithLifetime(options.ContainerLifetime);
        if (options.KeepsData)
            mongo.WithDataVolume(options.GetVolumeName("mongo"));
        if (options.HasTools)
            mongo.WithMongoExpress();
        return mongo;
    }

    /// <summary>Adds Redis, with persistence so that a restart does not empty every cache.</summary>
    private static IResourceBuilder<RedisResource> AddRedis(this IDistributedApplicationBuilder builder, AppHostOptions options)
    {
        var redis = builder
            .AddRedis("redis", password: builder.AddRedisPassword())
            .WithPublishedDigest(options, ImageDigests.Redis)
            .WithLifetime(options.ContainerLifetime);
        if (options.KeepsData)
            redis.WithDataVolume(options.GetVolumeName("redis")).WithPersistence();
        if (options.HasTools)
            redis.WithRedisInsight();
        return redis;
    }

    private static IResourceBuilder<ContainerResource> AddMailDev(this IDistributedApplicationBuilder builder, AppHostOptions options) =>
        builder
            .AddContainer("mail", MailDevImage, MailDevTag)
            .WithImageRegistry("docker.io")
            .WithLifetime(options.ContainerLifetime)
            .WithIconName("MailInbox")
            .WithEndpoint(targetPort: 1025, name: "smtp")
            .WithHttpEndpoint(targetPort: 1080, name: "http")
            // The gateway serves the inbox at the same path as that of the embedded mail catcher.
            .WithEnvironment("MAILDEV_BASE_PATHNAME", "/mail")
            .WithUrlForEndpoint("http", url => url.DisplayLocation = UrlDisplayLocation.DetailsOnly)
            .WithHttpHealthCheck("/mail/healthz");
}
