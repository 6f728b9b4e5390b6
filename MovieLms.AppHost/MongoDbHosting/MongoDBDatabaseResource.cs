namespace MovieLms.AppHost.MongoDbHosting;

/// <summary>A database on a MongoDB server.</summary>
internal sealed class MongoDBDatabaseResource(string name, string databaseName, MongoDBServerResource server)
    : Resource(name),
        IResourceWithParent<MongoDBServerResource>,
        IResourceWithConnectionString
{
    /// <summary>The server that holds the database.</summary>
    public MongoDBServerResource Parent => server;

    /// <summary>The connection string of the database.</summary>
    public ReferenceExpression ConnectionStringExpression => server.BuildConnectionString(databaseName);
}
