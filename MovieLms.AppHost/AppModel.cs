namespace MovieLms.AppHost;

/// <summary>The named steps of the application model, each a resource with what it needs to be trusted.</summary>
internal static class AppModel
{
    /// <summary>
    /// MongoDB in a container with its data in a volume. The password is generated once and kept in the user secrets:
    /// a volume remembers the first password it saw, and would lock out a newly generated one.
    /// </summary>
    internal static IResourceBuilder<MongoDBDatabaseResource> AddMovieDatabase(this IDistributedApplicationBuilder builder) =>
        builder.AddMongoDB("mongo", password: builder.AddGeneratedSecret("mongo-password"))
            .WithDataVolume("movielms-mongo")
            .AddDatabase("mongodb", "movielms");

    /// <summary>Redis in a container, persisted, so that a restart does not cool every cache.</summary>
    internal static IResourceBuilder<RedisResource> AddMovieCache(this IDistributedApplicationBuilder builder) =>
        builder.AddRedis("redis", password: builder.AddGeneratedSecret("redis-password"))
            .WithDataVolume("movielms-redis")
            .WithPersistence();

    /// <summary>MailDev catches all mail: SMTP on 1025, an inbox to look at on 1080.</summary>
    internal static IResourceBuilder<ContainerResource> AddMailCatcher(this IDistributedApplicationBuilder builder) =>
        builder.AddContainer("maildev", "maildev/maildev", "2.2.1")
            .WithEndpoint(targetPort: 1025, scheme: "smtp", name: "smtp")
            .WithHttpEndpoint(targetPort: 1080, name: "http")
            .WithHttpHealthCheck("/healthz");

    /// <summary>What every service has alike: its connections, the waits for them, and a probe.</summary>
    internal static IResourceBuilder<ProjectResource> AsService(
        this IResourceBuilder<ProjectResource> service,
        IResourceBuilder<MongoDBDatabaseResource> mongodb,
        IResourceBuilder<RedisResource> redis,
        IResourceBuilder<ContainerResource> mail)
    {
        var smtp = mail.GetEndpoint("smtp");
        return service
            .WithHttpEndpoint()
            .WithReference(mongodb).WaitFor(mongodb)
            .WithReference(redis).WaitFor(redis)
            .WaitFor(mail)
            .WithEnvironment("ConnectionStrings__smtp", ReferenceExpression.Create(
                $"smtp://{smtp.Property(EndpointProperty.Host)}:{smtp.Property(EndpointProperty.Port)}?tls=none"))
            .WithHttpHealthCheck("/health");
    }

    // Letters and digits only: StackExchange.Redis splits a connection string at commas, and a URL would need escaping.
    private static IResourceBuilder<ParameterResource> AddGeneratedSecret(this IDistributedApplicationBuilder builder, string name) =>
        builder.AddParameter(name, new GenerateParameterDefault { MinLength = 24, Special = false }, secret: true, persist: true);
}
