using Hangfire;
using Hangfire.Redis.StackExchange;
using MovieLms.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace MovieLms.Worker.Jobs;

/// <summary>
/// Hangfire's schedule in Redis, which may be lost: it holds nothing that is not also in the code or in MongoDB.
/// </summary>
internal sealed class ScheduleStorage(IConnectionMultiplexer redis, RedisNames names)
{
    private readonly Lock _gate = new();
    private RedisStorage? _storage;

    static ScheduleStorage() => JobAllowList.Enforce();

    /// <summary>The storage; null until Redis has been reached once.</summary>
    internal JobStorage? Storage
    {
        get
        {
            lock (_gate)
            {
                if (_storage is not null || !redis.IsConnected)
                    return _storage;
                // Braces keep all of Hangfire's keys in one slot of a Redis cluster.
                return _storage = new RedisStorage(redis, new RedisStorageOptions { Prefix = $"{names.Prefix}{{hangfire}}:" });
            }
        }
    }
}
