#if ASPIRE_DEPLOY
using Azure.Provisioning.AppContainers;
#endif

namespace MovieLms.AppHost;

/// <summary>
/// The one compute environment of a deployment. Only the chosen one enters the model: with two of them every resource
/// would have to say which is its own, and what is meant for Container Apps throws where there are none. Without
/// <c>-p:AspireDeploy=true</c> there is none: the manifest then names projects and containers, and azd makes the rest.
/// </summary>
internal static class ComputeEnvironments
{
#if ASPIRE_DEPLOY
    private const int MostRealtimeReplicas = 10;

    internal static void AddComputeEnvironment(this IDistributedApplicationBuilder builder, AppHostOptions options)
    {
        if (!options.IsPublishing) return;
        if (options.Target == DeploymentTarget.Azure) builder.AddAzureContainerAppEnvironment("movielms").WithAzdResourceNaming();
        else builder.AddDockerComposeEnvironment("movielms");
    }

    /// <summary>
    /// A SignalR connection that is not a WebSocket makes several requests, all of which must reach the replica that knows
    /// it (https://learn.microsoft.com/aspnet/core/signalr/scale). Aspire's own proxy of a run has no such affinity: there
    /// the clients connect by WebSocket only.
    /// </summary>
    internal static IResourceBuilder<ProjectResource> WithStickySessions(this IResourceBuilder<ProjectResource> service, AppHostOptions options)
    {
        if (!options.IsPublishing || options.Target != DeploymentTarget.Azure) return service;
        return service.PublishAsAzureContainerApp((_, app) =>
        {
            app.Configuration.Ingress.StickySessionsAffinity = StickySessionAffinity.Sticky;
            app.Template.Scale.MaxReplicas = MostRealtimeReplicas;
        });
    }
#else
    internal static void AddComputeEnvironment(this IDistributedApplicationBuilder builder, AppHostOptions options) => _ = (builder, options);

    internal static IResourceBuilder<ProjectResource> WithStickySessions(this IResourceBuilder<ProjectResource> service, AppHostOptions options)
    {
        _ = options;
        return service;
    }
#endif
}
