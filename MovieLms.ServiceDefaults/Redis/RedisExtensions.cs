using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MovieLms.ServiceDefaults.Telemetry;
using StackExchange.Redis;

namespace MovieLms.ServiceDefaults.Redis;

/// <summary>The one Redis connection from <c>ConnectionStrings:redis</c>. Redis away degrades the service and never stops it.</summary>
internal static partial class RedisExtensions
{
    internal static void AddRedis(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<RedisNames>();
        builder.Services.AddSingleton<IConnectionMultiplexer>(services =>
        {
            var connection = ConnectionMultiplexer.Connect(Options(builder));
            Watch(connection, services.GetRequiredService<ILogger<RedisNames>>());
            if (services.GetService<RedisTracing>() is { } tracing) connection.RegisterProfiler(tracing.SessionOfCurrentActivity);
            return connection;
        });
        if (!string.IsNullOrWhiteSpace(builder.Configuration[TelemetryExtensions.EndpointVariable]))
        {
            builder.Services.AddSingleton<RedisTracing>();
            builder.Services.AddHostedService(services => services.GetRequiredService<RedisTracing>());
        }
        builder.Services.AddHealthChecks().AddRedis(
            services => services.GetRequiredService<IConnectionMultiplexer>(), "redis", HealthStatus.Degraded, timeout: TimeSpan.FromSeconds(3));
    }

    /// <summary>An outage is said once at its begin and once at its end, not with every command that fails meanwhile.</summary>
    private static void Watch(ConnectionMultiplexer connection, ILogger logger)
    {
        var servers = string.Join(", ", connection.GetEndPoints().Select(server => server.ToString()));
        if (!connection.IsConnected) LogAway(logger, servers);
        connection.ConnectionFailed += (_, e) =>
        {
            if (e.ConnectionType == ConnectionType.Interactive) LogAway(logger, servers);
        };
        connection.ConnectionRestored += (_, e) =>
        {
            if (e.ConnectionType == ConnectionType.Interactive) LogBack(logger, servers);
        };
    }

    [LoggerMessage(LogLevel.Warning, "No Redis answers at {Servers}: cache, live events and shared limits wait for it; nothing stored is lost")]
    private static partial void LogAway(ILogger logger, string servers);

    [LoggerMessage(LogLevel.Information, "Redis answers again at {Servers}")]
    private static partial void LogBack(ILogger logger, string servers);

    private static ConfigurationOptions Options(IHostApplicationBuilder builder)
    {
        var text = builder.Configuration.GetConnectionString("redis");
        if (string.IsNullOrEmpty(text))
            throw new InvalidOperationException(
                "No Redis is configured. Set ConnectionStrings__redis (host:port,password=…,ssl=true), or run MovieLms.Standalone, which brings its own.");
        var options = ConfigurationOptions.Parse(text);
        options.AbortOnConnectFail = false;
        options.ClientName ??= builder.Environment.ApplicationName;
        // Redis holds nothing that a request may wait long for; a slow answer is treated as none.
        if (!text.Contains("connectTimeout", StringComparison.OrdinalIgnoreCase)) options.ConnectTimeout = 2000;
        if (!text.Contains("asyncTimeout", StringComparison.OrdinalIgnoreCase)) options.AsyncTimeout = 2000;
        options.ReconnectRetryPolicy = new ExponentialRetry(200, 5000);
        // While it is away a command fails at once instead of queueing behind a connection that may not come back.
        options.BacklogPolicy = BacklogPolicy.FailFast;
        return options;
    }
}
