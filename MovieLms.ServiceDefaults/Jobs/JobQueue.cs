using System.Linq.Expressions;
using Hangfire;
using Hangfire.Redis.StackExchange;
using Microsoft.Extensions.Logging;
using MovieLms.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace MovieLms.ServiceDefaults.Jobs;

/// <summary>
/// Hangfire's jobs in Redis, for whoever enqueues one and for the Worker, which runs them. A job only says that there is something
/// to do; what it is stands in MongoDB, so that a job may be lost or come twice.
/// </summary>
public sealed partial class JobQueue(IConnectionMultiplexer redis, RedisNames names, ILogger<JobQueue> logger)
{
    /// <summary>A request does not wait longer for Redis than this.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    static JobQueue() => JobAllowList.Enforce();

    private readonly Lock _gate = new();
    private RedisStorage? _storage;

    /// <summary>The storage; null while Redis has not been reached yet.</summary>
    public JobStorage? Storage
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

    /// <summary>Enqueues a call of a service that a worker has.</summary>
    /// <returns>False when Redis is away: the work must be found without it.</returns>
    public async Task<bool> TryEnqueueAsync<TService>(Expression<Action<TService>> call)
    {
        if (!redis.IsConnected)
            return false;
        try
        {
            // Hangfire has no asynchronous client: on a thread of its own, so that a Redis that hangs holds up nobody.
            return await Task.Run(() =>
                {
                    if (Storage is not { } storage)
                        return false;
                    new BackgroundJobClient(storage).Enqueue(call);
                    return true;
                })
                .WaitAsync(Patience);
        }
        catch (Exception e) when (e is RedisException or TimeoutException or BackgroundJobClientException or ObjectDisposedException)
        {
            LogAway(logger, e.GetType().Name);
            return false;
        }
    }

    [LoggerMessage(LogLevel.Warning, "A job was not enqueued ({Error}); workers find the work by themselves")]
    private static partial void LogAway(ILogger logger, string error);
}
