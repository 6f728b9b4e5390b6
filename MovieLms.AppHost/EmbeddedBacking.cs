using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using MongoDB.Bson;
using MongoDB.Driver;
using StackExchange.Redis;

namespace MovieLms.AppHost;

/// <summary>MongoDB and Redis as processes of MovieLms.Standalone: a run where no container runtime answers.</summary>
internal static class EmbeddedBacking
{
    internal static BackingServices AddEmbedded(this IDistributedApplicationBuilder builder, Deployment deployment)
    {
        var mongo = builder.AddBackingProcess(deployment, "mongo").GetEndpoint("tcp");
        var mongodb = builder.AddConnectionString("mongodb", ReferenceExpression.Create($"mongodb://{mongo.Property(EndpointProperty.HostAndPort)}/movielms"));
        builder.Services.AddHealthChecks().AddAsyncCheck("mongodb_check", cancellationToken => PingAsync(mongodb.Resource, cancellationToken));
        mongodb.WithHealthCheck("mongodb_check");

        var garnet = builder.AddBackingProcess(deployment, "garnet").GetEndpoint("tcp");
        var redis = builder.AddConnectionString("redis", ReferenceExpression.Create($"{garnet.Property(EndpointProperty.HostAndPort)}"));
        builder.Services.AddHealthChecks().AddAsyncCheck("redis_check", cancellationToken => PingRedisAsync(redis.Resource, cancellationToken));
        redis.WithHealthCheck("redis_check");

        var mail = Directory.CreateDirectory(Path.Combine(Folder(builder), "mail")).FullName;
        var smtp = builder.AddConnectionString("smtp", ReferenceExpression.Create($"pickup://{mail}"));
        return new(mongodb, redis, smtp, [mongodb, redis]);
    }

    private static IResourceBuilder<ProjectResource> AddBackingProcess(this IDistributedApplicationBuilder builder, Deployment deployment, string name)
    {
        var kind = name == "mongo" ? "mongo" : "redis";
        var process = builder.AddProject<Projects.MovieLms_Standalone>(name).WithEndpoint(name: "tcp", scheme: "tcp").ExcludeFromManifest();
        var endpoint = process.GetEndpoint("tcp");
        return process.WithArgs(context =>
        {
            context.Args.Add($"--backing-only={kind}");
            context.Args.Add($"--{kind}-port");
            context.Args.Add(endpoint.Property(EndpointProperty.TargetPort));
            if (!deployment.HasVolumes)
            {
                context.Args.Add("--ephemeral");
                return;
            }
            context.Args.Add("--data");
            context.Args.Add(Path.Combine(Folder(builder), name));
        });
    }

    private static string Folder(IDistributedApplicationBuilder builder) => Path.GetFullPath(Path.Combine(builder.AppHostDirectory, "..", "data", "apphost"));

    private static async Task<HealthCheckResult> PingRedisAsync(IResourceWithConnectionString redis, CancellationToken cancellationToken)
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync((await redis.GetConnectionStringAsync(cancellationToken))!);
        await connection.GetDatabase().PingAsync();
        return HealthCheckResult.Healthy();
    }

    private static async Task<HealthCheckResult> PingAsync(IResourceWithConnectionString mongodb, CancellationToken cancellationToken)
    {
        using var client = new MongoClient(await mongodb.GetConnectionStringAsync(cancellationToken));
        await client.GetDatabase("admin").RunCommandAsync<BsonDocument>(new BsonDocument("ping", 1), cancellationToken: cancellationToken);
        return HealthCheckResult.Healthy();
    }
}
