using MovieLms.AppHost.Parameters;

namespace MovieLms.AppHost.Backing;

/// <summary>MongoDB, Redis and a mail catcher as processes of MovieLms.Standalone, for runs without a container runtime.</summary>
internal static class EmbeddedServices
{
    // Read by MovieLms.Standalone. On the command line, every user of the machine could read the passwords.
    private const string MongoPasswordVariable = "MOVIELMS_MONGO_PASSWORD";
    private const string RedisPasswordVariable = "MOVIELMS_REDIS_PASSWORD";

    internal static BackingServices AddEmbeddedServices(this IDistributedApplicationBuilder builder, AppHostOptions options)
    {
        var mongoPassword = builder.AddMongoPassword();
        var mongo = builder
            .AddProcess(new EmbeddedMongoResource("mongo", mongoPassword.Resource), "mongo", options)
            .WithTcpEndpoint(EmbeddedMongoResource.EndpointName, "--mongo-port")
            .WithEnvironment(MongoPasswordVariable, mongoPassword)
            .WithIconName("DatabaseMultiple");
        mongo.WithMongoHealthCheck(mongo.Resource);
        var mongodb = builder
            .AddConnectionString("mongodb", mongo.Resource.BuildConnectionString("movielms"))
            .WithParentRelationship(mongo)
            .WithIconName("Database");
        mongodb.WithMongoHealthCheck(mongodb.Resource);

        var redisPassword = builder.AddRedisPassword();
        var redis = builder
            .AddProcess(new EmbeddedRedisResource("redis", redisPassword.Resource), "redis", options)
            .WithTcpEndpoint(EmbeddedRedisResource.EndpointName, "--redis-port")
            .WithEnvironment(RedisPasswordVariable, redisPassword)
            .WithIconName("DatabaseLightning");
        redis.WithRedisHealthCheck(redis.Resource);

        var mail = builder
            .AddProcess(new EmbeddedServiceResource("mail"), "mail", options)
            .WithTcpEndpoint("smtp", "--smtp-port")
            .WithHttpEndpoint(name: "http")
            .WithPortArgument("http", "--mail-port")
            .WithIconName("MailInbox")
            .WithUrlForEndpoint("http", url => url.DisplayLocation = UrlDisplayLocation.DetailsOnly)
            .WithHttpHealthCheck("/healthz");
        return new BackingServices(mongodb, redis, builder.AddSmtp(mail), [mongodb, redis, mail], mail.GetEndpoint("http"));
    }

    private static IResourceBuilder<T> AddProcess<T>(
        this IDistributedApplicationBuilder builder,
        T resource,
        string kind,
        AppHostOptions options
    )
        where T : EmbeddedServiceResource
    {
        var process = builder
            .AddResource(resource)
            .WithArgs(EmbeddedServiceResource.Program, $"--backing-only={kind}")
            .WithRunEnvironment()
            .ExcludeFromManifest();
        return options.KeepsData ? process.WithArgs("--data", Path.Combine(options.DataDirectory, kind)) : process.WithArgs("--ephemeral");
    }

    private static IResourceBuilder<T> WithTcpEndpoint<T>(this IResourceBuilder<T> process, string endpointName, string portOption)
        where T : EmbeddedServiceResource =>
        process.WithEndpoint(name: endpointName, scheme: "tcp").WithPortArgument(endpointName, portOption);

    private static IResourceBuilder<T> WithPortArgument<T>(this IResourceBuilder<T> process, string endpointName, string portOption)
        where T : EmbeddedServiceResource =>
        process.WithArgs(portOption, process.GetEndpoint(endpointName).Property(EndpointProperty.TargetPort));
}
