using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using MovieLms.ServiceDefaults.Telemetry;
using OpenTelemetry.Trace;
using StackExchange.Redis;

namespace MovieLms.ServiceDefaults.Redis;

/// <summary>
/// Registers the shared Redis connection from <c>ConnectionStrings:redis</c>. A Redis outage degrades the service but never stops it.
/// </summary>
internal static class RedisExtensions
{
    private const string ConnectionName = "redis";

    /// <summary>The name of the client integration's health check.</summary>
    private const string IntegrationCheck = "StackExchange.Redis";

    private static readonly TimeSpan HealthTimeout = TimeSpan.FromSeconds(3);
    private const int CommandTimeoutMilliseconds = 2000;

    internal static void AddRedis(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<RedisNames>();
        builder.AddRedisClient(
            ConnectionName,
            // The integration's own tracing cannot be configured (docs/adr/0009).
            settings => settings.DisableTracing = true,
            options => Configure(options, builder)
        );
        if (builder.Configuration.IsTelemetryEnabled())
            builder.Services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddRedisTracing());
        builder.Services.AddHostedService<RedisOutageLog>();
        builder.Services.PostConfigure<HealthCheckServiceOptions>(options => ReportDegraded(options.Registrations));
    }

    /// <summary>Redis holds only data that may be lost, so an outage reports Degraded and keeps the service in rotation.</summary>
    private static void ReportDegraded(IEnumerable<HealthCheckRegistration> checks)
    {
        if (checks.SingleOrDefault(check => check.Name == IntegrationCheck) is not { } redis)
            return;
        redis.Name = ConnectionName;
        redis.FailureStatus = HealthStatus.Degraded;
        redis.Timeout = HealthTimeout;
    }

    private static void Configure(ConfigurationOptions options, IHostApplicationBuilder builder)
    {
        var text = builder.Configuration.GetConnectionString(ConnectionName);
        if (string.IsNullOrEmpty(text))
        {
            throw new InvalidOperationException(
                "No Redis is configured. Set ConnectionStrings__redis (host:port,password=…,ssl=true), or run MovieLms.Standalone, which includes one."
            );
        }

        options.AbortOnConnectFail = false;
        options.ClientName ??= builder.Environment.ApplicationName;
        // No request should wait long for Redis, so a slow response counts as a failure.
        if (!text.Contains("connectTimeout", StringComparison.OrdinalIgnoreCase))
            options.ConnectTimeout = CommandTimeoutMilliseconds;
        if (!text.Contains("asyncTimeout", StringComparison.OrdinalIgnoreCase))
            options.AsyncTimeout = CommandTimeoutMilliseconds;
        options.ReconnectRetryPolicy = new ExponentialRetry(200, 5000);
        // During an outage commands fail at once instead of waiting for a connection that may not recover.
        options.BacklogPolicy = BacklogPolicy.FailFast;
    }
}
