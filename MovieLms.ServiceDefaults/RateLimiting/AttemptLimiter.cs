using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using MovieLms.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace MovieLms.ServiceDefaults.RateLimiting;

/// <summary>So many attempts in a sliding window; <c>RateLimits:{Name}:Permits</c> and <c>:Seconds</c> change it.</summary>
public sealed record AttemptLimit(string Name, int Permits, TimeSpan Window);

/// <summary>Whether an attempt may go on.</summary>
/// <param name="IsAllowed">False when the window is full.</param>
/// <param name="Limit">How many the window holds.</param>
/// <param name="Remaining">How many are left.</param>
/// <param name="RetryAfter">When the oldest leaves the window.</param>
/// <param name="Id">Names the attempt, to give it back.</param>
public readonly record struct Attempt(bool IsAllowed, int Limit, int Remaining, TimeSpan RetryAfter, string Id);

/// <summary>
/// Counts attempts per key in sliding windows, in Redis for all replicas together; while Redis is away each process counts
/// its own. Keys are hashed: no address is stored.
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
    /// A sorted set of attempts by time. Returns whether there is room for one more (which an ID in ARGV[4] takes), how many there are now,
    /// and the time of the oldest. Attempts more than a window ahead were made before the clock was set back, and do not count.
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
    public ValueTask<Attempt> TryTakeAsync(AttemptLimit limit, string key, CancellationToken cancellationToken) =>
        RunAsync(limit, key, Guid.NewGuid().ToString("N"), cancellationToken);

    /// <summary>Returns whether the window has room for an attempt, without counting one.</summary>
    public ValueTask<Attempt> PeekAsync(AttemptLimit limit, string key, CancellationToken cancellationToken) =>
        RunAsync(limit, key, string.Empty, cancellationToken);

    private async ValueTask<Attempt> RunAsync(AttemptLimit limit, string key, string id, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var (permits, window) = Configured(limit);
        var (name, now) = (Name(limit, key), time.GetUtcNow());
        try
        {
            var result = (RedisResult[])
                (
                    await redis
                        .GetDatabase()
                        .ScriptEvaluateAsync(
                            TakeScript,
                            [names.Key(name)],
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

    /// <summary>Takes an attempt out of the count: only failures count, and this one succeeded.</summary>
    public async ValueTask GiveBackAsync(AttemptLimit limit, string key, Attempt attempt)
    {
        var name = Name(limit, key);
        _local.GiveBack(name, attempt.Id);
        try
        {
            await redis.GetDatabase().SortedSetRemoveAsync(names.Key(name), attempt.Id);
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            LogLocal(logger, e.GetType().Name);
        }
    }

    private (int Permits, TimeSpan Window) Configured(AttemptLimit limit) =>
        (
            configuration.GetValue($"RateLimits:{limit.Name}:Permits", limit.Permits),
            TimeSpan.FromSeconds(configuration.GetValue($"RateLimits:{limit.Name}:Seconds", limit.Window.TotalSeconds))
        );

    private static string Name(AttemptLimit limit, string key) => $"limits:{limit.Name}:{Hashed(key)}";

    /// <summary>A caller's name in Redis, where neither users nor addresses stand.</summary>
    internal static string Hashed(string caller) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(caller)).AsSpan(0, 16));

    [LoggerMessage(LogLevel.Warning, "Redis is away ({Reason}): each process counts attempts for itself")]
    private static partial void LogLocal(ILogger logger, string reason);
}
