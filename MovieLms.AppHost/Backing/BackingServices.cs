namespace MovieLms.AppHost.Backing;

/// <summary>The connections of every service, and the resources it waits for.</summary>
/// <param name="MongoDb">The database <c>mongodb</c>.</param>
/// <param name="Redis">The connection string <c>redis</c>.</param>
/// <param name="Smtp">The connection string <c>smtp</c>.</param>
/// <param name="Required">The resources that must be healthy before a service starts; empty for managed services.</param>
/// <param name="Inbox">The web page of the caught mail; null when mail is delivered.</param>
internal sealed record BackingServices(
    IResourceBuilder<IResourceWithConnectionString> MongoDb,
    IResourceBuilder<IResourceWithConnectionString> Redis,
    IResourceBuilder<IResourceWithConnectionString> Smtp,
    IReadOnlyList<IResourceBuilder<IResource>> Required,
    EndpointReference? Inbox
);

/// <summary>Adds MongoDB, Redis and mail as configured in the options. The resource names never change.</summary>
internal static class BackingServicesExtensions
{
    internal static BackingServices AddBackingServices(this IDistributedApplicationBuilder builder, AppHostOptions options) =>
        options.Backing switch
        {
            BackingKind.Containers => builder.AddContainers(options),
            BackingKind.Embedded => builder.AddEmbeddedServices(options),
            _ => new BackingServices(
                builder.AddConnectionString("mongodb"),
                builder.AddConnectionString("redis"),
                builder.AddConnectionString("smtp"),
                [],
                Inbox: null
            ),
        };

    /// <summary>Adds the connection string <c>smtp</c> of a mail catcher, which accepts mail without TLS or authentication.</summary>
    internal static IResourceBuilder<ConnectionStringResource> AddSmtp<T>(
        this IDistributedApplicationBuilder builder,
        IResourceBuilder<T> catcher
    )
        where T : class, IResourceWithEndpoints
    {
        var smtp = catcher.GetEndpoint("smtp");
        return builder
            .AddConnectionString(
                "smtp",
                ReferenceExpression.Create($"smtp://{smtp.Property(EndpointProperty.Host)}:{smtp.Property(EndpointProperty.Port)}?tls=none")
            )
            .WithParentRelationship(catcher)
            .WithIconName("Mail");
    }
}
