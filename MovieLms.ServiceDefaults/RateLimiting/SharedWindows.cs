using System.Collections.Concurrent;
using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MovieLms.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace MovieLms.ServiceDefaults.RateLimiting;

/// <summary>
/// The windows of all callers in this process. A round trip to Redis each time would cost more than such a limit protects, so
/// each process decides by itself and, five times a second, the processes add up in Redis what they counted: together they
/// let through no more than the limit and what comes in that fifth of a second. While Redis is away each counts for itself.
/// </summary>
public abstract partial class SharedWindows : BackgroundService
{
    private static readonly TimeSpan ShareEvery = TimeSpan.FromMilliseconds(200);
    private readonly ConcurrentDictionary<string, RequestWindow> _windows = new(StringComparer.Ordinal);
    private readonly string _name;
    private readonly IConnectionMultiplexer _redis;
    private readonly RedisNames _names;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Func<string, RateLimiter> _open;
    private bool _isLocal;

    /// <param name="name">Tells these counts from others in Redis.</param>
    /// <param name="permits">How much of a caller a window lets through.</param>
    /// <param name="span">A window's length.</param>
    /// <param name="redis">Where the processes add up.</param>
    /// <param name="names">Under this environment's prefix.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Is told when Redis is away.</param>
    protected SharedWindows(string name, int permits, TimeSpan span, IConnectionMultiplexer redis, RedisNames names, TimeProvider time, ILogger logger)
    {
        (_name, Permits, Span, _redis, _names, _time, _logger) = (name, permits, span, redis, names, time, logger);
        _open = Open;
    }

    /// <summary>How much of a caller a window holds.</summary>
    public int Permits { get; }

    /// <summary>Its length.</summary>
    public TimeSpan Span { get; }

    /// <summary>The window of a caller; the limiter closes it when it was idle for a while.</summary>
    public RateLimitPartition<string> For(string caller) => RateLimitPartition.Get(caller, _open);

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
            var key = _names.Key(string.Create(CultureInfo.InvariantCulture, $"limits:{_name}:{caller}:{index}"));
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
                    if (!_isLocal) LogLocal(_logger, _name, e.GetType().Name);
                    _isLocal = true;
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process ends; what it has not told the others weighs for two windows at most.
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

    [LoggerMessage(LogLevel.Warning, "Redis is away ({Reason}): each process counts {What} for itself")]
    private static partial void LogLocal(ILogger logger, string what, string reason);
}
