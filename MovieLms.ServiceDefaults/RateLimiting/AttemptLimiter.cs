using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using MovieLms.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace MovieLms.ServiceDefaults.RateLimiting;

/// <summary>
/// A limit of attempts in a sliding window. <c>RateLimits:{Name}:Permits</c> and <c>RateLimits:{Name}:Seconds</c> override it.
/// </summary>
public sealed record AttemptLimit(string Name, int Permits, TimeSpan Window);

/// <summary>The result of an attempt under a limit.</summary>
/// <param name="IsAllowed">False when the window is full.</param>
/// <param name="Limit">The number of attempts per window.</param>
/// <param name="Remaining">The number of attempts left.</param>
/// <param name="RetryAfter">The time until the oldest attempt leaves the window.</param>
/// <param name="Id">Identifies the attempt, so that it can be released.</param>
public readonly record struct Attempt(bool IsAllowed, int Limit, int Remaining, TimeSpan RetryAfter, string Id);

/// <summary>
/// Counts attempts per key in sliding windows. All replicas share the counts in Redis; while Redis is unavailable, each process
/// counts for itself. Keys are hashed, so no address is stored.
/// </summary>
public sealed partial class AttemptLimiter(
    IConnectionMultiplexer redis,
    RedisNames names,
    IConfiguration configuration,
    TimeProvider time,
    ILogger<AttemptLimiter> logger
)
{
    /// <summary>
    /// KEYS: a sorted set of attempts by time. ARGV: now, window, permits, attempt ID or empty. Returns whether an attempt is allowed, the
    /// number of attempts, and the time of the oldest. Adds the attempt if it has an ID. Attempts more than a window in the future were
    /// made before the clock was set back, and are removed.
    /// </summary>
    private const string TakeScript = """
        redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1] - ARGV[2])
        redis.call('ZREMRANGEBYSCORE', KEYS[1], '(' .. (ARGV[1] + ARGV[2]), '+inf')
        local count = redis.call('ZCARD', KEYS[1])
        local taken = 0
        if count < tonumber(ARGV[3]) then
          taken = 1
          if ARGV[4] ~= '' then
            redis.call('ZADD', KEYS[1], ARGV[1], ARGV[4])
            redis.call('PEXPIRE', KEYS[1], ARGV[2])
            count = count + 1
          end
        end
        local oldest = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
        return {taken, count, tostring(oldest[2] or ARGV[1])}
        """;

    private readonly LocalWindows _local = new();
    private bool _isLocal;

    /// <summary>Counts an attempt, unless the window is full.</summary>
    public ValueTask<Attempt> TryAcquireAsync(AttemptLimit limit, string key, CancellationToken cancellationToken) =>
        RunAsync(limit, key, Guid.NewGuid().ToString("N"), cancellationToken);

    /// <summary>Returns whether the window has room for an attempt, without counting one.</summary>
    public ValueTask<Attempt> PeekAsync(AttemptLimit limit, string key, CancellationToken cancellationToken) =>
        RunAsync(limit, key, string.Empty, cancellationToken);

    private async ValueTask<Attempt> RunAsync(AttemptLimit limit, string key, string id, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var (permits, window) = GetConfigured(limit);
        var (name, now) = (GetName(limit, key), time.GetUtcNow());
        try
        {
            var result = (RedisResult[])
                (
                    await redis
                        .GetDatabase()
                        .ScriptEvaluateAsync(
                            TakeScript,
                            [names.GetKey(name)],
                            [now.ToUnixTimeMilliseconds(), (long)window.TotalMilliseconds, permits, id]
                        )
                )!;
            _isLocal = false;
            var oldest = DateTimeOffset.FromUnixTimeMilliseconds((long)double.Parse((string)result[2]!, CultureInfo.InvariantCulture));
            return new Attempt((int)result[0] == 1, permits, Math.Max(0, permits - (int)result[1]), oldest + window - now, id);
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            if (!_isLocal)
                LogLocal(logger, e.GetType().Name);
            _isLocal = true;
            return _local.TryTake(name, id, permits, window, now);
        }
    }

    /// <summary>Removes an attempt from the count. Used after a success where only failures count.</summary>
    public async ValueTask ReleaseAsync(AttemptLimit limit, string key, Attempt attempt)
    {
        var name = GetName(limit, key);
        _local.Release(name, attempt.Id);
        try
        {
            await redis.GetDatabase().SortedSetRemoveAsync(names.GetKey(name), attempt.Id);
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            LogLocal(logger, e.GetType().Name);
        }
    }

    private (int Permits, TimeSpan Window) GetConfigured(AttemptLimit limit) =>
        (
            configuration.GetValue($"RateLimits:{limit.Name}:Permits", limit.Permits),
            TimeSpan.FromSeconds(configuration.GetValue($"RateLimits:{limit.Name}:Seconds", limit.Window.TotalSeconds))
        );

    private static string GetName(AttemptLimit limit, string key) => $"limits:{limit.Name}:{Hash(key)}";

    /// <summary>Hashes a key, so that Redis holds neither user names nor addresses.</summary>
    private static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)).AsSpan(0, 16));

    [LoggerMessage(LogLevel.Warning, "Redis is unavailable ({Reason}): each process counts attempts for itself")]
    private static partial void LogLocal(ILogger logger, string reason);
}
