using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace MovieLms.ServiceDefaults.Redis;

/// <summary>Logs an outage once when it starts and once when it ends, instead of once per failed command.</summary>
internal sealed partial class RedisOutageLog(IConnectionMultiplexer redis, ILogger<RedisOutageLog> logger) : IHostedService
{
    private int _isUnavailable;
    private readonly string _servers = string.Join(", ", redis.GetEndPoints().Select(server => server.ToString()));

    public Task StartAsync(CancellationToken cancellationToken)
    {
        redis.ConnectionFailed += OnFailed;
        redis.ConnectionRestored += OnRestored;
        if (!redis.IsConnected)
            SetUnavailable();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        redis.ConnectionFailed -= OnFailed;
        redis.ConnectionRestored -= OnRestored;
        return Task.CompletedTask;
    }

    private void OnFailed(object? sender, ConnectionFailedEventArgs e)
    {
        if (e.ConnectionType == ConnectionType.Interactive)
            SetUnavailable();
    }

    private void OnRestored(object? sender, ConnectionFailedEventArgs e)
    {
        if (e.ConnectionType == ConnectionType.Interactive && Interlocked.Exchange(ref _isUnavailable, 0) == 1)
            LogRecovered(_servers);
    }

    private void SetUnavailable()
    {
        if (Interlocked.Exchange(ref _isUnavailable, 1) == 0)
            LogUnavailable(_servers);
    }

    [LoggerMessage(
        LogLevel.Warning,
        "Redis is unavailable at {Servers}: cache, live events and shared limits are degraded; no stored data is lost"
    )]
    private partial void LogUnavailable(string servers);

    [LoggerMessage(LogLevel.Information, "Redis recovered at {Servers}")]
    private partial void LogRecovered(string servers);
}
