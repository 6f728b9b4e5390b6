using ZiggyCreatures.Caching.Fusion;

namespace MovieLms.ServiceDefaults.Caching;

/// <summary>The stamps of tags: a random number per tag that every process reads, and that a write changes.</summary>
internal sealed class CacheStamps
{
    /// <summary>Longer than any answer is kept: a stamp that is forgotten only costs a read.</summary>
    private static readonly TimeSpan Duration = TimeSpan.FromHours(1);

    /// <summary>How long a change waits for Redis. If it failed, the other processes would go on with the old stamp.</summary>
    private static readonly TimeSpan ChangeTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Maximum number of reads of a stamp that changes while it is read.</summary>
    private const int MaxReads = 4;

    private readonly IFusionCache _cache;
    private readonly StampChanges _changes;
    private readonly FusionCacheEntryOptions _reads;
    private readonly FusionCacheEntryOptions _writes;
    private readonly FusionCacheEntryOptions _local;

    internal CacheStamps(IFusionCache cache, StampChanges changes)
    {
        (_cache, _changes) = (cache, changes);
        _reads = cache.CreateEntryOptions(options =>
            options.SetDuration(Duration).SetFailSafe(false).SetPriority(Microsoft.Extensions.Caching.Memory.CacheItemPriority.High)
        );
        _reads.JitterMaxDuration = TimeSpan.Zero;
        _writes = _reads.Duplicate();
        (_writes.DistributedCacheSoftTimeout, _writes.DistributedCacheHardTimeout) = (ChangeTimeout, ChangeTimeout);
        _local = _reads.Duplicate().SetSkipDistributedCache(true, true);
    }

    /// <summary>Changes a tag's stamp, here and in the other processes.</summary>
    /// <param name="tag">The tag.</param>
    /// <param name="isSubscriptionLost">True while Redis is unavailable: then no process keeps an answer for long, and there is nothing to wait
    /// for.</param>
    /// <param name="cancellationToken">Cancels the write.</param>
    internal async ValueTask ChangeAsync(string tag, bool isSubscriptionLost, CancellationToken cancellationToken)
    {
        var (key, stamp) = (StampChanges.Prefix + tag, NewStamp());
        await _cache.SetAsync(key, stamp, isSubscriptionLost ? _reads : _writes, token: cancellationToken);
        _changes.Changed(key);
        // Once more in memory: a reader of this process may have stored the old stamp over the new one.
        await _cache.SetAsync(key, stamp, _local, token: cancellationToken);
    }

    /// <summary>Returns a tag's stamp, not older than any change that this process had learned of when the read ended.</summary>
    internal async ValueTask<long> ReadAsync(string tag, CancellationToken cancellationToken)
    {
        var key = StampChanges.Prefix + tag;
        for (var reads = 1; reads <= MaxReads; reads++)
        {
            var changes = _changes.Count(key);
            var stamp = await _cache.GetOrSetAsync<long>(
                key,
                static (_, _) => Task.FromResult(NewStamp()),
                _reads,
                token: cancellationToken
            );
            if (_changes.Count(key) == changes)
                return stamp;
            _changes.Forget(key);
        }
        // It changes faster than it is read: this answer is made anew, and nobody else finds it.
        return NewStamp();
    }

    private static long NewStamp() => Random.Shared.NextInt64();
}
