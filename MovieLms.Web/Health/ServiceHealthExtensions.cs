using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace MovieLms.Web.Health;

/// <summary>Adds the health of the services to the gateway's <c>/health</c>.</summary>
internal static class ServiceHealthExtensions
{
    internal static void AddServiceHealth(this IHostApplicationBuilder builder)
    {
        // Nothing works without the API, but most features work without the others.
        Add("apiservice", HealthStatus.Unhealthy);
        Add("worker", HealthStatus.Degraded);
        Add("realtime", HealthStatus.Degraded);

        void Add(string service, HealthStatus failureStatus)
        {
            builder.Services.AddKeyedSingleton(
                service,
                (services, _) => ActivatorUtilities.CreateInstance<ServiceHealthCheck>(services, service)
            );
            builder
                .Services.AddHealthChecks()
                .Add(
                    new HealthCheckRegistration(
                        service,
                        services => services.GetRequiredKeyedService<ServiceHealthCheck>(service),
                        failureStatus,
                        tags: null
                    )
                );
        }
    }
}
