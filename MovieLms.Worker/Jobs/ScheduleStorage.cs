using Hangfire;
using Hangfire.Redis.StackExchange;
using MovieLms.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace MovieLms.Worker.Jobs;

/// <summary>
/// Hangfire's storage in Redis. It may be lost, because it holds nothing that is not also in the code or in MongoDB.
/// </summary>
internal sealed class ScheduleStorage(IConnectionMultiplexer redis, RedisNames names)
{
    private readonly Lock _lock = new();
    private RedisStorage? _storage;

    static ScheduleStorage() => JobAllowList.Enforce();

    /// <summary>The storage; null until Redis has been reached once.</summary>
    internal JobStorage? Storage
    {
        get
        {
            lock (_lock)
            {
                if (_storage is not null || !redis.IsConnected)
                    return _storage;
                // The braces put all of Hangfire's keys into one slot of a Redis cluster.
                return _storage = new RedisStorage(redis, new RedisStorageOptions { Prefix = $"{names.Prefix}{{hangfire}}:" });
            }
        }
    }
}
