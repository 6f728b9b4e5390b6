// Probes are marked experimental in 13.6: ContainerResource and ProjectResource have had them unchanged since 9.5.
#pragma warning disable ASPIREPROBES001

namespace MovieLms.AppHost;

/// <summary>The named steps that make a project a service of the product.</summary>
internal static class ServiceSteps
{
    private const int ProbeTimeoutSeconds = 5;

    /// <summary>What every service has alike: an endpoint, its connections, the waits for them, and the probes.</summary>
    internal static IResourceBuilder<ProjectResource> AsService(
        this IResourceBuilder<ProjectResource> service, Deployment deployment, BackingServices backing)
    {
        service
            .WithHttpEndpoint()
            .WithReference(backing.MongoDb)
            .WithReference(backing.Redis)
            .WithReference(backing.Smtp)
            .WithHttpProbe(ProbeType.Liveness, "/alive", timeoutSeconds: ProbeTimeoutSeconds)
            .WithHttpProbe(ProbeType.Readiness, "/health", timeoutSeconds: ProbeTimeoutSeconds);
        foreach (var container in backing.Containers) service.WaitFor(container);
        // A service without a launch profile would run as Production: redirects to an HTTPS that is not there.
        if (!deployment.IsPublished) service.WithEnvironment("DOTNET_ENVIRONMENT", service.ApplicationBuilder.Environment.EnvironmentName);
        // A compose file's port is open to everybody: who may forward an address is said by ForwardedHeaders__Proxies__0.
        return deployment.Target == Target.Compose ? service.DisableForwardedHeaders() : service;
    }

    /// <summary>Finds the API by name, for the keys that tokens are checked with, and starts after it.</summary>
    internal static IResourceBuilder<ProjectResource> NeedsApi(this IResourceBuilder<ProjectResource> service, IResourceBuilder<ProjectResource> api) =>
        service.WithReference(api).WaitFor(api);

    internal static IResourceBuilder<ProjectResource> WithFirstAdmin(this IResourceBuilder<ProjectResource> api, Admin admin) =>
        api.WithEnvironment("Admin__Email", admin.Email).WithEnvironment("Admin__Password", admin.Password);

    internal static IResourceBuilder<ProjectResource> WithTokenKey(this IResourceBuilder<ProjectResource> api, IResourceBuilder<ParameterResource> key) =>
        api.WithEnvironment("Auth__SigningKeys__0", key);

    /// <summary>Where people reach the API: asked for where a compose file cannot know it, else its own endpoint.</summary>
    internal static ReferenceExpression AddPublicUrl(
        this IDistributedApplicationBuilder builder, Deployment deployment, IResourceBuilder<ProjectResource> api) =>
        deployment is { IsPublished: true, Target: Target.Compose }
            ? ReferenceExpression.Create($"{builder.AddParameter("public-url")}")
            : ReferenceExpression.Create($"{api.GetEndpoint("http")}");

    /// <summary>The links in mail are made from it.</summary>
    internal static IResourceBuilder<ProjectResource> WithPublicUrl(this IResourceBuilder<ProjectResource> service, ReferenceExpression url) =>
        service.WithEnvironment("PublicUrl", url);

    /// <summary>A link in the dashboard to a page of the service.</summary>
    internal static IResourceBuilder<ProjectResource> WithPage(this IResourceBuilder<ProjectResource> service, string path, string text) =>
        service.WithUrlForEndpoint("http", _ => new ResourceUrlAnnotation { Url = path, DisplayText = text });
}
