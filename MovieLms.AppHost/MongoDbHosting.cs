using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using MongoDB.Bson;
using MongoDB.Driver;

namespace MovieLms.AppHost;

/// <summary>
/// What is used of Aspire.Hosting.MongoDB, by its names, where no registry has the package: with <c>-p:AspireDeploy=true</c>
/// the package takes this file's place and nothing else changes.
/// </summary>
internal static class MongoDBBuilderExtensions
{
    internal static IResourceBuilder<MongoDBServerResource> AddMongoDB(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, IResourceBuilder<ParameterResource> password)
    {
        var server = new MongoDBServerResource(name, password.Resource);
        return builder.AddResource(server)
            .WithImage("library/mongo", "8.3").WithImageRegistry("docker.io")
            .WithEndpoint(targetPort: 27017, name: MongoDBServerResource.PrimaryEndpointName)
            .WithEnvironment("MONGO_INITDB_ROOT_USERNAME", MongoDBServerResource.UserName)
            .WithEnvironment("MONGO_INITDB_ROOT_PASSWORD", password)
            .WithPing();
    }

    internal static IResourceBuilder<MongoDBDatabaseResource> AddDatabase(
        this IResourceBuilder<MongoDBServerResource> server, [ResourceName] string name, string databaseName) =>
        server.ApplicationBuilder.AddResource(new MongoDBDatabaseResource(name, databaseName, server.Resource)).WithPing();

    internal static IResourceBuilder<MongoDBServerResource> WithDataVolume(this IResourceBuilder<MongoDBServerResource> server, string name) =>
        server.WithVolume(name, "/data/db");

    internal static IResourceBuilder<MongoDBServerResource> WithMongoExpress(this IResourceBuilder<MongoDBServerResource> server)
    {
        server.ApplicationBuilder.AddContainer($"{server.Resource.Name}-mongoexpress", "library/mongo-express", "1.0")
            .WithHttpEndpoint(targetPort: 8081, name: "http")
            .WithEnvironment("ME_CONFIG_BASICAUTH", "false")
            .WithEnvironment("ME_CONFIG_MONGODB_URL", server.Resource.ConnectionStringExpression)
            .WithParentRelationship(server)
            .ExcludeFromManifest();
        return server;
    }

    /// <summary>Healthy once it answers a ping.</summary>
    private static IResourceBuilder<T> WithPing<T>(this IResourceBuilder<T> resource)
        where T : IResourceWithConnectionString
    {
        var key = $"{resource.Resource.Name}_check";
        MongoClient? client = null;
        resource.ApplicationBuilder.Services.AddHealthChecks().AddAsyncCheck(key, async cancellationToken =>
        {
            client ??= new MongoClient(await resource.Resource.GetConnectionStringAsync(cancellationToken));
            await client.GetDatabase("admin").RunCommandAsync<BsonDocument>(new BsonDocument("ping", 1), cancellationToken: cancellationToken);
            return HealthCheckResult.Healthy();
        });
        return resource.WithHealthCheck(key);
    }
}

/// <summary>A MongoDB in a container.</summary>
internal sealed class MongoDBServerResource(string name, ParameterResource password) : ContainerResource(name), IResourceWithConnectionString
{
    internal const string PrimaryEndpointName = "tcp";
    internal const string UserName = "admin";

    public ReferenceExpression ConnectionStringExpression => Connection(string.Empty);

    internal ReferenceExpression Connection(string database) => ReferenceExpression.Create(
        $"mongodb://{UserName}:{password:uri}@{new EndpointReference(this, PrimaryEndpointName).Property(EndpointProperty.HostAndPort)}/{database}?authSource=admin&authMechanism=SCRAM-SHA-256");
}

/// <summary>One database of it.</summary>
internal sealed class MongoDBDatabaseResource(string name, string databaseName, MongoDBServerResource server)
    : Resource(name), IResourceWithParent<MongoDBServerResource>, IResourceWithConnectionString
{
    public MongoDBServerResource Parent => server;

    public ReferenceExpression ConnectionStringExpression => server.Connection(databaseName);
}
