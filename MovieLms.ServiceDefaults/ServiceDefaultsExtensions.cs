using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using MovieLms.ServiceDefaults.Access;
using MovieLms.ServiceDefaults.Caching;
using MovieLms.ServiceDefaults.Compression;
using MovieLms.ServiceDefaults.Errors;
using MovieLms.ServiceDefaults.Hardening;
using MovieLms.ServiceDefaults.Health;
using MovieLms.ServiceDefaults.Http;
using MovieLms.ServiceDefaults.Mongo;
using MovieLms.ServiceDefaults.RateLimiting;
using MovieLms.ServiceDefaults.Redis;
using MovieLms.ServiceDefaults.Settings;
using MovieLms.ServiceDefaults.Shutdown;
using MovieLms.ServiceDefaults.Telemetry;

namespace MovieLms.ServiceDefaults;

/// <summary>The registrations and middleware that all services share. Called once per host, even if it runs several services.</summary>
public static class ServiceDefaultsExtensions
{
    /// <summary>Registers everything the services share. Call it once, before any service's own <c>AddX()</c>.</summary>
    /// <exception cref="InvalidOperationException">The host already has these defaults.</exception>
    public static IHostApplicationBuilder AddServiceDefaults(this IHostApplicationBuilder builder)
    {
        builder.AddHostDefaults();
        builder.Services.AddHttpContextAccessor();
        builder.AddMongo();
        builder.AddRedis();
        builder.AddCaching();
        builder.AddAccess();
        builder.AddAttemptLimits();
        builder.AddCompression();
        return builder;
    }

    /// <summary>
    /// Registers the defaults of a host without a database or Redis: logs, telemetry, health, discovery, problems, hardening.
    /// </summary>
    /// <exception cref="InvalidOperationException">The host already has these defaults.</exception>
    public static IHostApplicationBuilder AddHostDefaults(this IHostApplicationBuilder builder)
    {
        if (builder.Services.Any(service => service.ServiceType == typeof(HostDefaultsMarker)))
            throw new InvalidOperationException("AddServiceDefaults() or AddHostDefaults() was called twice on one host.");
        builder.Services.AddSingleton<HostDefaultsMarker>();

        builder.AddQuietLogDefaults();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.AddTelemetry();
        builder.AddHealth();
        builder.Services.AddSettings();
        builder.AddShutdown();
        builder.AddOutgoingHttp();
        builder.AddProblems();
        builder.AddHardening();
        builder.AddBodyLimits();
        builder.AddRequestLimits();
        return builder;
    }

    /// <summary>Adds the shared middleware, in the required order, and maps the health and settings endpoints.</summary>
    /// <param name="app">The host.</param>
    /// <param name="beforeAccess">Adds middleware that runs before the access token is read.</param>
    public static WebApplication UseServiceDefaults(this WebApplication app, Action<WebApplication>? beforeAccess = null)
    {
        app.UseHardening();
        app.UseAlive();
        app.UseRoutingWithHead();
        app.UseProblems();
        app.UseConfiguredCors();
        beforeAccess?.Invoke(app);
        app.UseAccessTokens();
        app.UseUserScope();
        // Before authorization, so that denied requests count too, and before the endpoint reads the body.
        app.UseRequestLimits();
        app.UseAttemptLimits();
        app.UseAuthorization();
        app.UseNoStore();
        app.UseCompression();
        app.MapHealth();
        app.MapSettings();
        return app;
    }

    /// <summary>Adds the middleware of <see cref="AddHostDefaults"/>, in the required order, and maps the health endpoints.</summary>
    /// <param name="app">The host.</param>
    /// <param name="beforeAccess">Adds middleware that runs before the access token is read.</param>
    public static WebApplication UseHostDefaults(this WebApplication app, Action<WebApplication>? beforeAccess = null)
    {
        app.UseHardening(isGateway: true);
        app.UseAlive();
        app.UseRoutingWithHead();
        app.UseProblems();
        beforeAccess?.Invoke(app);
        app.UseRequestLimits();
        app.MapHealth();
        return app;
    }

    /// <summary>Sets default log levels, with the lowest priority, so that files and environment variables override them.</summary>
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
                    // /health reports each check, and an outage of a backing service is logged once elsewhere.
                    ["Logging:LogLevel:Microsoft.Extensions.Diagnostics.HealthChecks"] = "Critical",
                    // Would log every refused hub call as an error with a stack trace. HubFailures logs unexpected failures.
                    ["Logging:LogLevel:Microsoft.AspNetCore.SignalR.Internal.DefaultHubDispatcher"] = "Critical",
                    ["Logging:LogLevel:Microsoft.AspNetCore.SignalR.HubConnectionHandler"] = "Critical",
                    ["Logging:LogLevel:Hangfire"] = "Warning",
                    // RedisOutageLog logs outages.
                    ["Logging:LogLevel:StackExchange.Redis"] = "None",
                    ["Logging:LogLevel:ZiggyCreatures"] = "Error",
                    ["Logging:LogLevel:Yarp"] = "Warning",
                    // Would log a warning with a stack trace for every client that disconnects or sends too slowly.
                    ["Logging:LogLevel:Yarp.ReverseProxy.Forwarder"] = "Error",
                    // Would log every failed probe. The gateway's own policy logs each change once.
                    ["Logging:LogLevel:Yarp.ReverseProxy.Health"] = "Error",
                },
            }
        );

    private sealed class HostDefaultsMarker;
}
