using Microsoft.AspNetCore.Server.Kestrel.Core;
using MovieLms.ServiceDefaults.Hardening;
using MovieLms.Web.Health;
using MovieLms.Web.Mail;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Transforms;

namespace MovieLms.Web.Gateway;

/// <summary>Puts every service under one origin.</summary>
public static class GatewayExtensions
{
    /// <summary>Registers the proxy and the health of the services behind it.</summary>
    public static IHostApplicationBuilder AddGateway(this IHostApplicationBuilder builder)
    {
        builder.KeepTokensOutOfLogs();
        // Services limit their bodies and data rates themselves, and a limit here would count only what was already forwarded.
        builder.Services.Configure<KestrelServerOptions>(options =>
        {
            options.Limits.MaxRequestBodySize = null;
            options.Limits.MinRequestBodyDataRate = null;
        });
        var hasMail = GatewayRoutes.HasMail(builder.Configuration);
        var routes = GatewayRoutes.All.Where(route => hasMail || route.Service != GatewayRoutes.MailService).ToList();
        builder.Services.AddSingleton<IActiveHealthCheckPolicy, DestinationHealthPolicy>();
        builder.Services.AddSingleton<IPassiveHealthCheckPolicy, DestinationHealthPolicy>();
        builder.Services.AddSingleton<IForwarderHttpClientFactory, SendOnceClientFactory>();
        builder.Services.AddSingleton<HubConnections>();
        builder.Services.AddSingleton<MailAccess>();
        builder.Services.AddReverseProxy()
            .LoadFromMemory(GatewayConfiguration.Routes(routes), GatewayConfiguration.Clusters(routes))
            .AddServiceDiscoveryDestinationResolver()
            .AddTransforms(context =>
            {
                context.UseDefaultForwarders = false;
                context.AddOriginalHost();
                context.RequestTransforms.Add(new ForwardingHeaders(isTrusted: context.Cluster?.ClusterId != GatewayRoutes.MailService));
                context.RequestTransforms.Add(new OriginalTarget());
                context.RequestTransforms.Add(new UploadPermission());
            });
        builder.AddServiceHealth();
        return builder;
    }

    /// <summary>Maps every route of <see cref="GatewayRoutes"/>.</summary>
    public static WebApplication MapGateway(this WebApplication app)
    {
        app.MapReverseProxy(pipeline =>
        {
            pipeline.UseMailAccess();
            pipeline.UseHubShutdown();
            pipeline.UseFailureResponses();
            pipeline.UseSessionAffinity();
            pipeline.UseLoadBalancing();
            pipeline.UsePassiveHealthChecks();
        });
        return app;
    }
}
