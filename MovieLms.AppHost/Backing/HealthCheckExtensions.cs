using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using MongoDB.Bson;
using MongoDB.Driver;
using StackExchange.Redis;

namespace MovieLms.AppHost.Backing;

/// <summary>Health checks that send a ping, so that services start only after their databases respond.</summary>
internal static class HealthCheckExtensions
{
    /// <summary>Reports the resource as healthy once MongoDB responds to a ping.</summary>
    internal static IResourceBuilder<T> WithMongoHealthCheck<T>(this IResourceBuilder<T> builder, IResourceWithConnectionString server)
        where T : IResource
    {
        // All checks share one client: each client opens its own connection pool.
        MongoClient? client = null;
        return builder.WithHealthCheck(
            $"{builder.Resource.Name}_check",
            async cancellationToken =>
            {
                client ??= new MongoClient(await server.GetConnectionStringAsync(cancellationToken));
                var ping = new BsonDocument("ping", 1);
                await client.GetDatabase("admin").RunCommandAsync<BsonDocument>(ping, cancellationToken: cancellationToken);
            }
        );
    }

    /// <summary>Reports the resource as healthy once Redis responds to a ping.</summary>
    internal static IResourceBuilder<T> WithRedisHealthCheck<T>(this IResourceBuilder<T> builder, IResourceWithConnectionString server)
        where T : IResource
    {
        IConnectionMultiplexer? connection = null;
        return builder.WithHealthCheck(
            $"{builder.Resource.Name}_check",
            async cancellationToken =>
            {
                connection ??= await ConnectionMultiplexer.ConnectAsync((await server.GetConnectionStringAsync(cancellationToken))!);
                await connection.GetDatabase().PingAsync();
            }
        );
    }

    private static IResourceBuilder<T> WithHealthCheck<T>(this IResourceBuilder<T> builder, string key, Func<CancellationToken, Task> ping)
        where T : IResource
    {
        builder
            .ApplicationBuilder.Services.AddHealthChecks()
            .AddAsyncCheck(
                key,
                async cancellationToken =>
                {
                    await ping(cancellationToken);
                    return HealthCheckResult.Healthy();
                }
            );
        return builder.WithHealthCheck(key);
    }
}
