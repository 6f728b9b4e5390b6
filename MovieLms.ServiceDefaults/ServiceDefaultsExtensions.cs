using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using MovieLms.ServiceDefaults.Access;
using MovieLms.ServiceDefaults.Caching;
using MovieLms.ServiceDefaults.Errors;
using MovieLms.ServiceDefaults.Hardening;
using MovieLms.ServiceDefaults.Health;
using MovieLms.ServiceDefaults.Http;
using MovieLms.ServiceDefaults.Mongo;
using MovieLms.ServiceDefaults.RateLimiting;
using MovieLms.ServiceDefaults.Redis;
using MovieLms.ServiceDefaults.Shutdown;
using MovieLms.ServiceDefaults.Telemetry;

namespace MovieLms.ServiceDefaults;

/// <summary>What every service registers and uses the same way, once a host, whichever services it holds.</summary>
public static class ServiceDefaultsExtensions
{
    /// <summary>Registers everything the services share. Call it once, before any service's own <c>AddX()</c>.</summary>
    /// <exception cref="InvalidOperationException">It was called twice on one host.</exception>
    public static IHostApplicationBuilder AddServiceDefaults(this IHostApplicationBuilder builder)
    {
        builder.AddHostDefaults();
        builder.Services.AddHttpContextAccessor();
        builder.AddMongo();
        builder.AddRedis();
        builder.AddCaching();
        builder.AddAccess();
        builder.AddAttemptLimits();
        return builder;
    }

    /// <summary>
    /// Registers what a host needs that has neither a database nor Redis: logs, telemetry, health, discovery, problems, hardening.
    /// </summary>
    /// <exception cref="InvalidOperationException">The host has these defaults already.</exception>
    public static IHostApplicationBuilder AddHostDefaults(this IHostApplicationBuilder builder)
    {
        if (builder.Services.Any(service => service.ServiceType == typeof(HostDefaultsMarker)))
            throw new InvalidOperationException("AddServiceDefaults() or AddHostDefaults() was called twice on one host.");
        builder.Services.AddSingleton<HostDefaultsMarker>();

        builder.AddQuietLogDefaults();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.AddTelemetry();
        builder.AddHealth();
        builder.AddShutdown();
        builder.AddOutgoingHttp();
        builder.AddProblems();
        builder.AddHardening();
        builder.AddBodyLimits();
        builder.AddRequestLimits();
        return builder;
    }

    /// <summary>Puts the shared middleware in its one order and maps the health endpoints.</summary>
    public static WebApplication UseServiceDefaults(this WebApplication app)
    {
        app.UseHardening();
        app.UseProblems();
        app.UseConfiguredCors();
        app.UseAccessTokens();
        app.UseUserScope();
        // Before authorization, so that denied requests are limited as well, and before the endpoint reads the body.
        app.UseRequestLimits();
        app.UseAttemptLimits();
        app.UseAuthorization();
        app.UseNoStore();
        app.MapHealth();
        return app;
    }

    /// <summary>Puts the middleware of <see cref="AddHostDefaults"/> in order and maps the health endpoints.</summary>
    public static WebApplication UseHostDefaults(this WebApplication app)
    {
        app.UseHardening(isGateway: true);
        app.UseProblems();
        app.UseRequestLimits();
        app.MapHealth();
        return app;
    }

    /// <summary>Log levels as configuration of the lowest priority, so that a file or a variable can still change them.</summary>
    private static void AddQuietLogDefaults(this IHostApplicationBuilder builder) =>
        ((IConfigurationBuilder)builder.Configuration).Sources.Insert(
            0,
            new MemoryConfigurationSource
            {
                InitialData = new Dictionary<string, string?>
                {
                    ["Logging:LogLevel:Default"] = "Information",
                    ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
                    ["Logging:LogLevel:Microsoft.Extensions.Http"] = "Warning",
                    ["Logging:LogLevel:System.Net.Http.HttpClient"] = "Warning",
                    ["Logging:LogLevel:Polly"] = "Warning",
                    // /health reports each check, and a failing backing service logs its outage once by itself.
                    ["Logging:LogLevel:Microsoft.Extensions.Diagnostics.HealthChecks"] = "Critical",
                    // Each refused hub call would be an error with a stack trace; unexpected failures are logged by HubFailures.
                    ["Logging:LogLevel:Microsoft.AspNetCore.SignalR.Internal.DefaultHubDispatcher"] = "Critical",
                    ["Logging:LogLevel:Microsoft.AspNetCore.SignalR.HubConnectionHandler"] = "Critical",
                    ["Logging:LogLevel:Hangfire"] = "Warning",
                    // Outages are logged by RedisOutageLog.
                    ["Logging:LogLevel:StackExchange.Redis"] = "None",
                    ["Logging:LogLevel:ZiggyCreatures"] = "Error",
                    ["Logging:LogLevel:Yarp"] = "Warning",
                    // A client that breaks off or sends too slowly would be a warning with a stack trace each time.
                    ["Logging:LogLevel:Yarp.ReverseProxy.Forwarder"] = "Error",
                    // The gateway's own policy logs each change once; the proxy would log every failed probe.
                    ["Logging:LogLevel:Yarp.ReverseProxy.Health"] = "Error",
                },
            }
        );

    private sealed class HostDefaultsMarker;
}
