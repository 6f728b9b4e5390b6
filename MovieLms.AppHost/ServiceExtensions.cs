// WithHttpProbe is marked experimental; its shape has not changed since it was introduced.
#pragma warning disable ASPIREPROBES001

using MovieLms.AppHost.Backing;
using MovieLms.AppHost.Parameters;

namespace MovieLms.AppHost;

/// <summary>The named steps that turn a project into a service of the product.</summary>
internal static class ServiceExtensions
{
    private const int ProbeTimeoutSeconds = 5;

    /// <summary>
    /// Networks from which a service accepts forwarding headers. Only the gateway can reach a service: in a run it connects over
    /// loopback, in a deployment over the private network of the containers.
    /// </summary>
    private static readonly string[] RunProxies = ["127.0.0.1", "::1"];
    private static readonly string[] DeploymentProxies = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fd00::/8"];

    /// <summary>Adds what every service has: an endpoint, its connections, the resources it waits for, and probes.</summary>
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

    /// <summary>Adds the API, which the other services need to verify access tokens, and starts after it.</summary>
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

    /// <summary>Sets the address from which links in mail are made.</summary>
    internal static IResourceBuilder<ProjectResource> WithPublicUrl(
        this IResourceBuilder<ProjectResource> service,
        ReferenceExpression url
    ) => service.WithEnvironment("PublicUrl", url);

    /// <summary>
    /// Makes the project the gateway: the one address that people and clients know. It finds the services by name, and the inbox
    /// of caught mail where there is one.
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
        foreach (var service in services)
            web.WithReference(service).WaitFor(service);
        if (backing.Inbox is { } inbox)
            web.WithReference(inbox);
        // The ingress of Container Apps is the only way to the gateway, and appends the client's address. Elsewhere the operator names the
        // reverse proxy.
        if (options is { IsPublishing: true, Target: DeploymentTarget.Azure })
            web.WithProxies(DeploymentProxies);
        return options.IsPublishing ? web : web.WithPages(backing);
    }

    /// <summary>Returns where people reach the product: the gateway, or an address that a compose file cannot know.</summary>
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
            .WithDescription(
                "Address at which people reach MovieLms, for links in mail, such as `https://films.example.org`.",
                enableMarkdown: true
            );
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
            // Aspire's own setting would trust forwarding headers from everyone.
            .DisableForwardedHeaders();
        return options.IsPublishing ? service : service.WithRunEnvironment();
    }

    /// <summary>Names the networks from which forwarding headers are accepted; without any, nobody is believed.</summary>
    private static IResourceBuilder<ProjectResource> WithProxies(this IResourceBuilder<ProjectResource> service, string[] networks)
    {
        for (var i = 0; i < networks.Length; i++)
            service.WithEnvironment($"ForwardedHeaders__Proxies__{i}", networks[i]);
        return service;
    }

    /// <summary>Sets what a process of a run needs: without a launch profile it would run as Production.</summary>
    internal static IResourceBuilder<T> WithRunEnvironment<T>(this IResourceBuilder<T> process)
        where T : IResourceWithEnvironment =>
        process
            .WithEnvironment("DOTNET_ENVIRONMENT", process.ApplicationBuilder.Environment.EnvironmentName)
            // Linux allows 128 file watchers per user by default, and every process would watch its settings with several.
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
