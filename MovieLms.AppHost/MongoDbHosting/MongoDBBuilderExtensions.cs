using MovieLms.AppHost.Backing;

namespace MovieLms.AppHost.MongoDbHosting;

/// <summary>
/// The part of Aspire.Hosting.MongoDB that this model uses, with the same names. A build with <c>-p:AspireDeploy=true</c> excludes this
/// folder and uses the package.
/// </summary>
internal static class MongoDBBuilderExtensions
{
    private const string Registry = "docker.io";
    private const string Image = "library/mongo";
    private const string Tag = "8.3";
    private const int ServerPort = 27017;

    /// <summary>Adds a MongoDB server in a container with one administrative user, <c>admin</c>.</summary>
    internal static IResourceBuilder<MongoDBServerResource> AddMongoDB(
        this IDistributedApplicationBuilder builder,
        [ResourceName] string name,
        IResourceBuilder<ParameterResource> password
    )
    {
        var server = builder.AddResource(new MongoDBServerResource(name, password.Resource));
        return server
            .WithImage(Image, Tag)
            .WithImageRegistry(Registry)
            .WithIconName("DatabaseMultiple")
            .WithEndpoint(targetPort: ServerPort, name: MongoDBServerResource.PrimaryEndpointName)
            .WithEnvironment("MONGO_INITDB_ROOT_USERNAME", MongoDBServerResource.UserName)
            .WithEnvironment("MONGO_INITDB_ROOT_PASSWORD", password)
            .WithMongoHealthCheck(server.Resource);
    }

    /// <summary>Adds a database on the server, which services reference by <paramref name="name"/>.</summary>
    internal static IResourceBuilder<MongoDBDatabaseResource> AddDatabase(
        this IResourceBuilder<MongoDBServerResource> server,
        [ResourceName] string name,
        string databaseName
    )
    {
        var database = server.ApplicationBuilder.AddResource(new MongoDBDatabaseResource(name, databaseName, server.Resource));
        return database.WithIconName("Database").WithMongoHealthCheck(database.Resource);
    }

    /// <summary>Keeps the data in a named volume.</summary>
    internal static IResourceBuilder<MongoDBServerResource> WithDataVolume(
        this IResourceBuilder<MongoDBServerResource> server,
        string name
    ) => server.WithVolume(name, "/data/db");

    /// <summary>Adds mongo-express, a web page for browsing the server's data.</summary>
    internal static IResourceBuilder<MongoDBServerResource> WithMongoExpress(this IResourceBuilder<MongoDBServerResource> server)
    {
        server
            .ApplicationBuilder.AddContainer($"{server.Resource.Name}-mongoexpress", "library/mongo-express", "1.0")
            .WithImageRegistry(Registry)
            .WithHttpEndpoint(targetPort: 8081, name: "http")
            .WithEnvironment("ME_CONFIG_BASICAUTH", "false")
            .WithEnvironment("ME_CONFIG_MONGODB_URL", server.Resource.ConnectionStringExpression)
            .WithParentRelationship(server)
            .ExcludeFromManifest();
        return server;
    }
}
