// WithHttpProbe is experimental, but its signature has not changed since it was introduced.
#pragma warning disable ASPIREPROBES001

using MovieLms.AppHost.Backing;
using MovieLms.AppHost.Parameters;

namespace MovieLms.AppHost;

/// <summary>Configures projects as services and as the gateway of the application.</summary>
internal static class ServiceExtensions
{
    private const int ProbeTimeoutSeconds = 5;

    /// <summary>
    /// Networks from which a service accepts forwarding headers. Only the gateway can reach a service: over loopback in a run, and over
    /// the containers' private network in a deployment.
    /// </summary>
    private static readonly string[] RunProxies = ["127.0.0.1", "::1"];
    private static readonly string[] DeploymentProxies = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fd00::/8"];

    /// <summary>Adds an endpoint, probes, the connections and the resources to wait for.</summary>
    internal static IResourceBuilder<ProjectResource> AsService(
        this IResourceBuilder<ProjectResource> service,
        AppHostOptions options,
        BackingServices backing
    )
    {
        service.AsHttpService(options).WithReference(backing.MongoDb).WithReference(backing.Redis).WithReference(backing.Smtp);
        foreach (var resource in backing.Required)
            service.WaitFor(resource);
        return service.WithProxies(options.IsPublishing ? DeploymentProxies : RunProxies);
    }

    /// <summary>References the API, which the service needs to verify access tokens, and waits for it.</summary>
    internal static IResourceBuilder<ProjectResource> WithApi(
        this IResourceBuilder<ProjectResource> service,
        IResourceBuilder<ProjectResource> api
    ) => service.WithReference(api).WaitFor(api);

    internal static IResourceBuilder<ProjectResource> WithAdministrator(
        this IResourceBuilder<ProjectResource> api,
        Administrator administrator
    ) => api.WithEnvironment("Admin__Email", administrator.Email).WithEnvironment("Admin__Password", administrator.Password);

    internal static IResourceBuilder<ProjectResource> WithTokenKey(
        this IResourceBuilder<ProjectResource> api,
        IResourceBuilder<ParameterResource> key
    ) => api.WithEnvironment("Auth__SigningKeys__0", key);

    /// <summary>Sets the public address, which links in mail and the cookies of browsers depend on.</summary>
    internal static IResourceBuilder<ProjectResource> WithPublicUrl(
        this IResourceBuilder<ProjectResource> service,
        ReferenceExpression url
    ) => service.WithEnvironment("PublicUrl", url);

    /// <summary>
    /// Makes the project the gateway, the only public address. It finds the services by name, and the inbox of caught mail if there is
    /// one.
    /// </summary>
    internal static IResourceBuilder<ProjectResource> AsGateway(
        this IResourceBuilder<ProjectResource> web,
        AppHostOptions options,
        BackingServices backing,
        params IResourceBuilder<ProjectResource>[] services
    )
    {
        web.AsHttpService(options, options.IsPublishing ? null : options.Port).WithExternalHttpEndpoints();
        if (options.IsHttps)
            web.WithHttpsEndpoint();
        // The sessions of browsers. The services wait for the database.
        web.WithReference(backing.MongoDb);
        foreach (var service in services)
            web.WithReference(service).WaitFor(service);
        if (backing.Inbox is { } inbox)
            web.WithReference(inbox);
        // On Container Apps, all requests to the gateway pass through the ingress, which appends the client's address. Elsewhere the
        // operator configures the reverse proxy's address.
        if (options is { IsPublishing: true, Target: DeploymentTarget.Azure })
            web.WithProxies(DeploymentProxies);
        return options.IsPublishing ? web : web.WithPages(backing);
    }

    /// <summary>Returns the public address: the gateway's endpoint, or a parameter for a compose file, which cannot know it.</summary>
    internal static ReferenceExpression GetPublicUrl(
        this IDistributedApplicationBuilder builder,
        AppHostOptions options,
        IResourceBuilder<ProjectResource> web
    )
    {
        if (options is not { IsPublishing: true, Target: DeploymentTarget.Compose })
            return ReferenceExpression.Create($"{web.GetEndpoint(options.IsHttps ? "https" : "http")}");
        var url = builder
            .AddParameter("public-url")
            .WithDescription("Public address of MovieLms for links in mail. Example: `https://movies.example.org`.", enableMarkdown: true);
        return ReferenceExpression.Create($"{url}");
    }

    private static IResourceBuilder<ProjectResource> AsHttpService(
        this IResourceBuilder<ProjectResource> service,
        AppHostOptions options,
        int? port = null
    )
    {
        service
            .WithHttpEndpoint(port: port)
            .WithHttpProbe(ProbeType.Liveness, "/alive", timeoutSeconds: ProbeTimeoutSeconds)
            .WithHttpProbe(ProbeType.Readiness, "/health", timeoutSeconds: ProbeTimeoutSeconds)
            // Aspire's own setting would trust forwarding headers from any client.
            .DisableForwardedHeaders();
        return options.IsPublishing ? service : service.WithRunEnvironment();
    }

    /// <summary>Sets the networks from which forwarding headers are accepted. Without any, all are ignored.</summary>
    private static IResourceBuilder<ProjectResource> WithProxies(this IResourceBuilder<ProjectResource> service, string[] networks)
    {
        for (var i = 0; i < networks.Length; i++)
            service.WithEnvironment($"ForwardedHeaders__Proxies__{i}", networks[i]);
        return service;
    }

    /// <summary>Sets the environment of a local process, which would run as Production without a launch profile.</summary>
    internal static IResourceBuilder<T> WithRunEnvironment<T>(this IResourceBuilder<T> process)
        where T : IResourceWithEnvironment =>
        process
            .WithEnvironment("DOTNET_ENVIRONMENT", process.ApplicationBuilder.Environment.EnvironmentName)
            // Linux allows 128 file watchers per user by default, and every process would use several to watch its settings.
            .WithEnvironment("DOTNET_hostBuilder__reloadConfigOnChange", "false");

    private static IResourceBuilder<ProjectResource> WithPages(this IResourceBuilder<ProjectResource> web, BackingServices backing)
    {
        web.WithUrlForEndpoint("http", url => url.DisplayText = "MovieLms")
            .WithPage("/scalar", "API reference")
            .WithPage("/chat", "Chat")
            .WithPage("/jobs", "Jobs");
        return backing.Inbox is null ? web : web.WithPage("/mail", "Caught mail");
    }

    private static IResourceBuilder<ProjectResource> WithPage(this IResourceBuilder<ProjectResource> web, string path, string text) =>
        web.WithUrlForEndpoint("http", _ => new ResourceUrlAnnotation { Url = path, DisplayText = text });
}
