using Azure.Provisioning.AppContainers;

namespace MovieLms.AppHost;

// Compiled only with -p:AspireDeploy=true, which requires Aspire.Hosting.Docker and Aspire.Hosting.Azure.AppContainers. The GitHub
// workflow builds and publishes with it. Other builds use NoComputeEnvironments.cs instead.

/// <summary>The compute environment of a deployment, and the resource limits of each service.</summary>
internal static class ComputeEnvironments
{
    /// <summary>Longer than <c>Shutdown:Seconds</c>, so that requests, jobs and connections can complete.</summary>
    private const int GracePeriodSeconds = 35;
    private const int MaxReplicas = 10;
    private const int MinRealtimeReplicas = 2;
    private const int RequestsPerReplica = 50;
    private const int ConnectionsPerReplica = 1000;

    /// <summary>
    /// Adds the environment of the selected target. The model contains only one: with two, every resource would have to select its
    /// environment.
    /// </summary>
    internal static void AddComputeEnvironment(this IDistributedApplicationBuilder builder, AppHostOptions options)
    {
        if (!options.IsPublishing)
            return;
        // https://aspire.dev/integrations/cloud/azure/configure-container-apps/
        if (options.Target == DeploymentTarget.Azure)
            builder.AddAzureContainerAppEnvironment("movielms").WithAzdResourceNaming();
        // https://aspire.dev/integrations/compute/docker/
        else
            builder.AddDockerComposeEnvironment("movielms");
    }

    /// <summary>
    /// Sets CPU, memory, replicas and the grace period of a service. With a managed MongoDB, the step <c>create-indexes</c> creates the
    /// indexes, so the service does not.
    /// </summary>
    internal static IResourceBuilder<ProjectResource> WithLimits(this IResourceBuilder<ProjectResource> service, AppHostOptions options)
    {
        if (!options.IsPublishing)
            return service;
        var limits = Limits.For(service.Resource.Name);
        if (options.Backing == BackingKind.Managed && limits.UsesDatabase)
            service.WithEnvironment("Database__CreateIndexes", "false");
        return options.Target == DeploymentTarget.Azure ? service.WithContainerAppLimits(limits) : service.WithComposeLimits(limits);
    }

    // https://aspire.dev/integrations/cloud/azure/configure-container-apps/
    private static IResourceBuilder<ProjectResource> WithContainerAppLimits(
        this IResourceBuilder<ProjectResource> service,
        Limits limits
    ) =>
        service.PublishAsAzureContainerApp(
            (_, app) =>
            {
                // https://learn.microsoft.com/azure/container-apps/containers#allocations
                var resources = app.Template.Containers[0].Value!.Resources;
                resources.Cpu = limits.Cpu;
                resources.Memory = $"{limits.Cpu * 2}Gi";
                // https://learn.microsoft.com/azure/container-apps/application-lifecycle-management#shutdown
                app.Template.TerminationGracePeriodSeconds = GracePeriodSeconds;
                // https://learn.microsoft.com/azure/container-apps/scale-app
                app.Template.Scale.MinReplicas = limits.MinReplicas;
                app.Template.Scale.MaxReplicas = limits.MaxReplicas;
                if (limits.RequestsPerReplica is { } requests)
                    app.Template.Scale.Rules.Add(CreateHttpRule(requests));
                // A SignalR connection without WebSockets makes several requests, which must all reach the same replica:
                // https://learn.microsoft.com/azure/container-apps/sticky-sessions
                if (limits.IsSticky)
                    app.Configuration.Ingress.StickySessionsAffinity = StickySessionAffinity.Sticky;
            }
        );

    // https://learn.microsoft.com/azure/container-apps/scale-app#http
    private static ContainerAppScaleRule CreateHttpRule(int requests) =>
        new()
        {
            Name = "http",
            Http = new ContainerAppHttpScaleRule { Metadata = { ["concurrentRequests"] = $"{requests}" } },
        };

    // https://aspire.dev/integrations/compute/docker/#customize-docker-compose-services
    private static IResourceBuilder<ProjectResource> WithComposeLimits(this IResourceBuilder<ProjectResource> service, Limits limits) =>
        service.PublishAsDockerComposeService(
            (_, compose) =>
            {
                compose.StopGracePeriod = $"{GracePeriodSeconds}s";
                // https://docs.docker.com/reference/compose-file/deploy/#resources
                compose.Deploy = new()
                {
                    Resources = new()
                    {
                        Limits = new() { Cpus = $"{limits.Cpu}", Memory = $"{limits.Cpu * 2048:0}M" },
                    },
                };
            }
        );

    /// <summary>The resource limits of a service. Container Apps allocate 2 GiB of memory per CPU.</summary>
    private sealed record Limits(double Cpu, int MinReplicas, int MaxReplicas, int? RequestsPerReplica)
    {
        internal bool IsSticky { get; private init; }

        internal bool UsesDatabase { get; private init; } = true;

        internal static Limits For(string service) =>
            service switch
            {
                "apiservice" => new(0.5, 1, ComputeEnvironments.MaxReplicas, ComputeEnvironments.RequestsPerReplica),
                // Reads its work from the database, so no scale rule applies.
                "worker" => new(0.5, 1, 1, null),
                "realtime" => new(0.5, MinRealtimeReplicas, ComputeEnvironments.MaxReplicas, ConnectionsPerReplica) { IsSticky = true },
                // The gateway holds the connections of all realtime replicas. It is not sticky, because the platform's affinity cookie
                // has the same name for both.
                _ => new(0.5, 1, ComputeEnvironments.MaxReplicas, ConnectionsPerReplica) { UsesDatabase = false },
            };
    }
}
