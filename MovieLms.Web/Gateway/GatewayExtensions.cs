using MovieLms.ServiceDefaults.Health;
using MovieLms.ServiceDefaults.Telemetry;
using MovieLms.Web.Access;
using MovieLms.Web.Health;
using MovieLms.Web.Mail;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Transforms;

namespace MovieLms.Web.Gateway;

/// <summary>Serves all services at one origin.</summary>
public static class GatewayExtensions
{
    /// <summary>Registers the proxy and health checks of the services behind it.</summary>
    public static IHostApplicationBuilder AddGateway(this IHostApplicationBuilder builder)
    {
        builder.KeepTokensOutOfLogs();
        var hasMail = GatewayRoutes.HasMail(builder.Configuration);
        var routes = GatewayRoutes.All.Where(route => hasMail || route.Service != GatewayRoutes.MailService).ToList();
        builder.Services.AddSingleton<IActiveHealthCheckPolicy, DestinationHealthPolicy>();
        builder.Services.AddSingleton<IPassiveHealthCheckPolicy, DestinationHealthPolicy>();
        builder.Services.AddSingleton<IForwarderHttpClientFactory, SendOnceClientFactory>();
        builder.Services.AddSingleton<HubConnections>();
        builder.Services.AddSingleton<Administrators>().AddSingleton<MailAccess>();
        builder.Services.AddSingleton<HealthReader>(services => services.GetRequiredService<Administrators>().IsAdministratorAsync);
        builder
            .Services.AddReverseProxy()
            .LoadFromMemory(GatewayConfiguration.CreateRoutes(routes), GatewayConfiguration.CreateClusters(routes))
            .AddServiceDiscoveryDestinationResolver()
            .AddTransforms(context =>
            {
                context.UseDefaultForwarders = false;
                context.AddOriginalHost();
                context.RequestTransforms.Add(new ForwardingHeaders(isTrusted: context.Cluster?.ClusterId != GatewayRoutes.MailService));
                context.RequestTransforms.Add(new OriginalTarget());
                context.RequestTransforms.Add(new ExpectContinue());
            });
        builder.AddServiceHealth();
        builder.Services.AddSingleton(new OtherProcesses([.. ServiceClients.All.Select(pair => pair.Service)]));
        return builder;
    }

    /// <summary>Maps every route of <see cref="GatewayRoutes"/>.</summary>
    public static WebApplication MapGateway(this WebApplication app)
    {
        app.MapReverseProxy(pipeline =>
            {
                pipeline.UseBodyLimits();
                pipeline.UseForwardableRequests();
                pipeline.UseMailAccess();
                pipeline.UseBufferedBodies();
                pipeline.UseHubShutdown();
                pipeline.UseFailureResponses();
                pipeline.UseSessionAffinity();
                pipeline.UseLoadBalancing();
                pipeline.UsePassiveHealthChecks();
            })
            .DisableRateLimiting(); // The services limit requests per user, because users may share an address.
        return app;
    }
}
