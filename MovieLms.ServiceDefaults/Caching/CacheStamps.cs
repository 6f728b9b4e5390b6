using ZiggyCreatures.Caching.Fusion;

namespace MovieLms.ServiceDefaults.Caching;

/// <summary>The stamps of tags: a random number per tag that all processes share and that a write changes.</summary>
internal sealed class CacheStamps
{
    /// <summary>Longer than the lifetime of any response. An evicted stamp costs only a read.</summary>
    private static readonly TimeSpan Duration = TimeSpan.FromHours(1);

    /// <summary>The maximum time that a change waits for Redis. If it fails, the other processes keep the old stamp.</summary>
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

    /// <summary>Changes a tag's stamp in all processes.</summary>
    /// <param name="tag">The tag.</param>
    /// <param name="isSubscriptionLost">True while Redis is unavailable: no process then stores a response for long, and the change need not
    /// wait.</param>
    /// <param name="cancellationToken">Cancels the write.</param>
    internal async ValueTask ChangeAsync(string tag, bool isSubscriptionLost, CancellationToken cancellationToken)
    {
        var (key, stamp) = (StampChanges.Prefix + tag, NewStamp());
        await _cache.SetAsync(key, stamp, isSubscriptionLost ? _reads : _writes, token: cancellationToken);
        _changes.Changed(key);
        // Stored in memory again: a concurrent reader of this process may have overwritten the new stamp with the old one.
        await _cache.SetAsync(key, stamp, _local, token: cancellationToken);
    }

    /// <summary>Returns a tag's stamp, at least as new as the last change that this process knew of when the read ended.</summary>
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
            _changes.Evict(key);
        }
        // The stamp changes faster than it can be read: use one that no other reader finds.
        return NewStamp();
    }

    private static long NewStamp() => Random.Shared.NextInt64();
}
