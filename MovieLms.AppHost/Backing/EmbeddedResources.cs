namespace MovieLms.AppHost.Backing;

/// <summary>A process of MovieLms.Standalone that runs one backing service.</summary>
internal class EmbeddedServiceResource(string name) : ExecutableResource(name, "dotnet", Path.GetDirectoryName(ProjectPath)!)
{
    /// <summary>The path of MovieLms.Standalone's program, built in the configuration of this build.</summary>
    internal static string Program { get; } = BuildOutput.GetProgram(ProjectPath);

    private static string ProjectPath => new Projects.MovieLms_Standalone().ProjectPath;
}

/// <summary>The embedded MongoDB server.</summary>
internal sealed class EmbeddedMongoResource(string name, ParameterResource password)
    : EmbeddedServiceResource(name),
        IResourceWithConnectionString
{
    internal const string EndpointName = "tcp";
    private const string UserName = "movielms";

    /// <summary>The connection string of the server, with its password and without a database.</summary>
    public ReferenceExpression ConnectionStringExpression => BuildConnectionString(databaseName: string.Empty);

    internal ReferenceExpression BuildConnectionString(string databaseName)
    {
        var address = new EndpointReference(this, EndpointName).Property(EndpointProperty.HostAndPort);
        return ReferenceExpression.Create($"mongodb://{UserName}:{password}@{address}/{databaseName}?authSource=admin");
    }
}

/// <summary>The embedded Redis server.</summary>
internal sealed class EmbeddedRedisResource(string name, ParameterResource password)
    : EmbeddedServiceResource(name),
        IResourceWithConnectionString
{
    internal const string EndpointName = "tcp";

    /// <summary>The connection string of the server, with its password.</summary>
    public ReferenceExpression ConnectionStringExpression =>
        ReferenceExpression.Create(
            $"{new EndpointReference(this, EndpointName).Property(EndpointProperty.HostAndPort)},password={password}"
        );
}
