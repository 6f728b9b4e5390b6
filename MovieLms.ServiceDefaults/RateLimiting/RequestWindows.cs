using System.Collections.Concurrent;
using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MovieLms.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace MovieLms.ServiceDefaults.RateLimiting;

/// <summary>
/// The windows of all callers in this process. A round trip to Redis on every request would cost more than the limit protects, so
/// each process decides by itself and, five times a second, the processes add up in Redis what they counted: together they
/// let through no more than the limit and what comes in that fifth of a second. While Redis is away each counts for itself.
/// </summary>
internal sealed partial class RequestWindows : BackgroundService
{
    private static readonly TimeSpan ShareEvery = TimeSpan.FromMilliseconds(200);
    private readonly ConcurrentDictionary<string, RequestWindow> _windows = new(StringComparer.Ordinal);
    private readonly IConnectionMultiplexer _redis;
    private readonly RedisNames _names;
    private readonly TimeProvider _time;
    private readonly ILogger<RequestWindows> _logger;
    private readonly Func<string, RateLimiter> _open;
    private bool _isLocal;

    public RequestWindows(IConnectionMultiplexer redis, RedisNames names, IConfiguration configuration, TimeProvider time, ILogger<RequestWindows> logger)
    {
        (_redis, _names, _time, _logger) = (redis, names, time, logger);
        Span = TimeSpan.FromSeconds(2);
        Permits = (int)(configuration.GetValue("RateLimits:RequestsPerSecond", 500) * Span.TotalSeconds);
        _open = Open;
    }

    /// <summary>How many requests of a caller the window holds.</summary>
    internal int Permits { get; }

    /// <summary>Its length.</summary>
    internal TimeSpan Span { get; }

    /// <summary>The window of a caller; the limiter closes it when it was idle for a while.</summary>
    internal RateLimitPartition<string> For(string caller) => RateLimitPartition.Get(caller, _open);

    /// <summary>Adds what this process counted to what all counted, and takes in the sums.</summary>
    internal async Task ShareAsync()
    {
        var active = _windows.Where(entry => entry.Value.IdleDuration is null).ToArray();
        if (active.Length == 0) return;
        var batch = _redis.GetDatabase().CreateBatch();
        var totals = new List<(RequestWindow Window, long Index, Task<long> Total)>(active.Length);
        foreach (var (caller, window) in active)
        {
            var (index, unreported) = window.Report();
            var key = _names.Key(string.Create(CultureInfo.InvariantCulture, $"limits:requests:{caller}:{index}"));
            totals.Add((window, index, batch.StringIncrementAsync(key, unreported)));
            _ = batch.KeyExpireAsync(key, 2 * Span, CommandFlags.FireAndForget);
        }
        batch.Execute();
        foreach (var (window, index, total) in totals) window.Learn(index, await total);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(ShareEvery, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    await ShareAsync();
                    _isLocal = false;
                }
                catch (Exception e) when (e is RedisException or TimeoutException)
                {
                    if (!_isLocal) LogLocal(_logger, e.GetType().Name);
                    _isLocal = true;
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process ends; what it has not told the others weighs for two seconds at most.
        }
    }

    private RequestWindow Open(string caller)
    {
        var name = AttemptLimiter.Hashed(caller);
        // Only itself: by the time an idle window is closed its caller may have a new one.
        var window = new RequestWindow(Permits, Span, _time, closed => _windows.TryRemove(KeyValuePair.Create(name, closed)));
        _windows[name] = window;
        return window;
    }

    [LoggerMessage(LogLevel.Warning, "Redis is away ({Reason}): each process counts requests for itself")]
    private static partial void LogLocal(ILogger logger, string reason);
}
