namespace MovieLms.AppHost;

/// <summary>The connections every service has, and the containers it waits for (none where they are managed elsewhere).</summary>
internal sealed record BackingServices(
    IResourceBuilder<IResourceWithConnectionString> MongoDb,
    IResourceBuilder<IResourceWithConnectionString> Redis,
    IResourceBuilder<IResourceWithConnectionString> Smtp,
    IReadOnlyList<IResourceBuilder<IResource>> Containers);

/// <summary>MongoDB, Redis and mail: as containers, or as connection strings to managed services.</summary>
internal static class BackingServicesSteps
{
    private const string MailDevImage = "maildev/maildev";
    private const string MailDevTag = "2.2.1";

    internal static BackingServices AddBackingServices(this IDistributedApplicationBuilder builder, Deployment deployment)
    {
        if (deployment.Backing == Backing.Managed)
            return new(builder.AddConnectionString("mongodb"), builder.AddConnectionString("redis"), builder.AddConnectionString("smtp"), []);
        if (deployment.Backing == Backing.Embedded) return builder.AddEmbedded(deployment);
        var mongodb = builder.AddMongo(deployment).AddDatabase("mongodb", "movielms");
        var redis = builder.AddCache(deployment);
        var mail = builder.AddMailCatcher();
        return new(mongodb, redis, builder.AddSmtp(mail), [mongodb, redis, mail]);
    }

    /// <summary>
    /// MongoDB, its data in a volume. The password is made once and kept in the user secrets: a volume remembers the first
    /// password it saw and locks out a newly made one.
    /// </summary>
    private static IResourceBuilder<MongoDBServerResource> AddMongo(this IDistributedApplicationBuilder builder, Deployment deployment)
    {
        var mongo = builder.AddMongoDB("mongo", password: builder.AddGeneratedSecret("mongo-password"));
        if (deployment.HasVolumes) mongo.WithDataVolume("movielms-mongo");
        if (deployment.Tools) mongo.WithMongoExpress();
        return mongo;
    }

    /// <summary>Redis, persisted, so that a restart does not cool every cache.</summary>
    private static IResourceBuilder<RedisResource> AddCache(this IDistributedApplicationBuilder builder, Deployment deployment)
    {
        var redis = builder.AddRedis("redis", password: builder.AddGeneratedSecret("redis-password"));
        if (deployment.HasVolumes) redis.WithDataVolume("movielms-redis").WithPersistence();
        if (deployment.Tools) redis.WithRedisInsight();
        return redis;
    }

    /// <summary>MailDev catches all mail: SMTP on 1025, an inbox to look at on 1080.</summary>
    private static IResourceBuilder<ContainerResource> AddMailCatcher(this IDistributedApplicationBuilder builder) =>
        builder.AddContainer("maildev", MailDevImage, MailDevTag).WithImageRegistry("docker.io")
            .WithEndpoint(targetPort: 1025, name: "smtp")
            .WithHttpEndpoint(targetPort: 1080, name: "http")
            .WithUrlForEndpoint("http", url => url.DisplayText = "Caught mail")
            .WithHttpHealthCheck("/healthz");

    private static IResourceBuilder<ConnectionStringResource> AddSmtp(this IDistributedApplicationBuilder builder, IResourceBuilder<ContainerResource> mail)
    {
        var smtp = mail.GetEndpoint("smtp");
        return builder.AddConnectionString("smtp", ReferenceExpression.Create(
            $"smtp://{smtp.Property(EndpointProperty.Host)}:{smtp.Property(EndpointProperty.Port)}?tls=none"));
    }
}
