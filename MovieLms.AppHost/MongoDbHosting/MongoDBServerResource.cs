namespace MovieLms.AppHost.MongoDbHosting;

/// <summary>A MongoDB server in a container.</summary>
internal sealed class MongoDBServerResource(string name, ParameterResource password)
    : ContainerResource(name),
        IResourceWithConnectionString
{
    internal const string PrimaryEndpointName = "tcp";
    internal const string UserName = "admin";

    /// <summary>The connection string of the server, without a database.</summary>
    public ReferenceExpression ConnectionStringExpression => BuildConnectionString(databaseName: string.Empty);

    internal ReferenceExpression BuildConnectionString(string databaseName)
    {
        var address = new EndpointReference(this, PrimaryEndpointName).Property(EndpointProperty.HostAndPort);
        return ReferenceExpression.Create(
            $"mongodb://{UserName}:{password:uri}@{address}/{databaseName}?authSource=admin&authMechanism=SCRAM-SHA-256"
        );
    }
}
