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
using MovieLms.ServiceDefaults.Live;
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
        if (builder.Services.Any(service => service.ServiceType == typeof(ServiceDefaultsMarker)))
            throw new InvalidOperationException("AddServiceDefaults() was called twice on one host: the services share one registration.");
        builder.Services.AddSingleton<ServiceDefaultsMarker>();

        builder.AddQuietLogDefaults();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddHttpContextAccessor();
        builder.AddTelemetry();
        builder.AddHealth();
        builder.AddShutdown();
        builder.AddOutgoingHttp();
        builder.AddProblems();
        builder.AddMongo();
        builder.AddRedis();
        builder.Services.AddSingleton<LiveEvents>();
        builder.AddCaching();
        builder.AddAccess();
        builder.AddRateLimits();
        builder.AddHardening();
        return builder;
    }

    /// <summary>Puts the shared middleware in its one order and maps the health endpoints.</summary>
    public static WebApplication UseServiceDefaults(this WebApplication app)
    {
        app.UseHardening();
        app.UseProblems();
        app.UseConfiguredCors();
        app.UseAccess();
        app.UseUserScope();
        app.UseRateLimits();
        app.MapHealth();
        return app;
    }

    /// <summary>Clients of other services: found by name (<c>https+http://apiservice</c>), retried, timed out.</summary>
    private static void AddOutgoingHttp(this IHostApplicationBuilder builder)
    {
        builder.Services.AddServiceDiscovery();
        builder.Services.ConfigureHttpClientDefaults(http =>
        {
            http.AddStandardResilienceHandler();
            http.AddServiceDiscovery();
        });
    }

    /// <summary>Log levels as configuration of the lowest priority, so that a file or a variable can still change them.</summary>
    private static void AddQuietLogDefaults(this IHostApplicationBuilder builder) =>
        ((IConfigurationBuilder)builder.Configuration).Sources.Insert(0, new MemoryConfigurationSource
        {
            InitialData = new Dictionary<string, string?>
            {
                ["Logging:LogLevel:Default"] = "Information",
                ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
                ["Logging:LogLevel:Microsoft.Extensions.Http"] = "Warning",
                ["Logging:LogLevel:System.Net.Http.HttpClient"] = "Warning",
                ["Logging:LogLevel:Polly"] = "Warning",
                ["Logging:LogLevel:Hangfire"] = "Warning",
                // Outages are logged by RedisOutageLog.
                ["Logging:LogLevel:StackExchange.Redis"] = "None",
                ["Logging:LogLevel:ZiggyCreatures"] = "Error",
            },
        });

    private sealed class ServiceDefaultsMarker;
}
