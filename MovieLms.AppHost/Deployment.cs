namespace MovieLms.AppHost;

/// <summary>Where <c>aspire publish</c>, <c>aspire deploy</c> and <c>azd up</c> put the product.</summary>
internal enum Target
{
    /// <summary>Azure Container Apps.</summary>
    Azure,

    /// <summary>A Docker Compose file.</summary>
    Compose,
}

/// <summary>Who runs MongoDB, Redis and the mail server of a deployment.</summary>
internal enum Backing
{
    /// <summary>Somebody else: the connection strings are parameters.</summary>
    Managed,

    /// <summary>Containers beside the services, for a first look; mail is caught, not sent.</summary>
    Containers,

    /// <summary>Processes of MovieLms.Standalone; a run only.</summary>
    Embedded,
}

/// <summary>
/// The choices of a run or deployment: <c>Deploy:Target</c> (azure, compose), <c>Deploy:Backing</c> (managed, containers),
/// <c>Run:Backing</c> (containers, embedded, managed; what is there, when nothing is said) and <c>Tools</c> (mongo-express and Redis Insight beside a run), from appsettings.json, the environment
/// (<c>Deploy__Target</c>) or the command line (<c>--Deploy:Target=compose</c>). <c>Deploy:Volumes=false</c> keeps nothing.
/// </summary>
internal sealed record Deployment(bool IsPublished, Target Target, Backing Backing, bool Volumes, bool Tools)
{
    /// <summary>
    /// Container Apps mount Azure Files over SMB, on which MongoDB's storage engine does not run: its containers there
    /// keep nothing over a restart.
    /// </summary>
    internal bool HasVolumes => Volumes && !(IsPublished && Target == Target.Azure);

    internal static Deployment Of(IDistributedApplicationBuilder builder) => new(
        builder.ExecutionContext.IsPublishMode,
        Choice(builder, "Deploy:Target", Target.Azure),
        BackingOf(builder),
        Switch(builder, "Deploy:Volumes", otherwise: true),
        Switch(builder, "Tools", otherwise: false));

    /// <summary>A run takes containers where a runtime answers, and needs nothing installed where none does.</summary>
    private static Backing BackingOf(IDistributedApplicationBuilder builder) =>
        builder.ExecutionContext.IsPublishMode ? Choice(builder, "Deploy:Backing", Backing.Managed)
        : builder.Configuration["Run:Backing"] is { Length: > 0 } ? Choice(builder, "Run:Backing", Backing.Containers)
        : ContainerRuntime.Answers() ? Backing.Containers : Backing.Embedded;

    private static bool Switch(IDistributedApplicationBuilder builder, string key, bool otherwise) =>
        builder.Configuration[key] is { Length: > 0 } text ? string.Equals(text, "true", StringComparison.OrdinalIgnoreCase) : otherwise;

    private static T Choice<T>(IDistributedApplicationBuilder builder, string key, T otherwise)
        where T : struct, Enum
    {
        if (builder.Configuration[key] is not { Length: > 0 } text) return otherwise;
        return Enum.TryParse<T>(text, ignoreCase: true, out var choice)
            ? choice
            : throw new InvalidOperationException($"{key} is '{text}'; it may be {string.Join(" or ", Enum.GetNames<T>()).ToLowerInvariant()}.");
    }
}
