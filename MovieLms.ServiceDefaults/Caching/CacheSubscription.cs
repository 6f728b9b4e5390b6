using StackExchange.Redis;

namespace MovieLms.ServiceDefaults.Caching;

/// <summary>
/// Knows whether this process receives the changes of the other processes. It does not while Redis is disconnected, and shortly after a
/// reconnection it may still read entries from Redis that the others have not yet been able to invalidate there.
/// </summary>
internal sealed class CacheSubscription : IDisposable
{
    /// <summary>The time within which the others repeat, after a reconnection, the changes that they could not publish.</summary>
    private const long RecoveryMilliseconds = 5_000;

    private readonly IConnectionMultiplexer _redis;
    private readonly FirstLevel _firstLevel;
    private long _lostUntil;
    private long _interruptions;
    private int _isDisconnected;

    public CacheSubscription(IConnectionMultiplexer redis, FirstLevel firstLevel)
    {
        (_redis, _firstLevel) = (redis, firstLevel);
        _redis.ConnectionFailed += OnFailed;
        _redis.ConnectionRestored += OnRestored;
    }

    /// <summary>True while this process may miss another process's change.</summary>
    internal bool IsLost
    {
        get
        {
            if (Volatile.Read(ref _isDisconnected) == 0 && _redis.IsConnected)
                return Environment.TickCount64 < Volatile.Read(ref _lostUntil);
            Volatile.Write(ref _lostUntil, Environment.TickCount64 + RecoveryMilliseconds);
            return true;
        }
    }

    /// <summary>Changes whenever messages may have been lost.</summary>
    internal long Interruptions => Volatile.Read(ref _interruptions);

    public void Dispose()
    {
        _redis.ConnectionFailed -= OnFailed;
        _redis.ConnectionRestored -= OnRestored;
    }

    private void OnFailed(object? sender, ConnectionFailedEventArgs e)
    {
        if (e.ConnectionType == ConnectionType.Subscription)
            Volatile.Write(ref _isDisconnected, 1);
    }

    private void OnRestored(object? sender, ConnectionFailedEventArgs e)
    {
        if (e.ConnectionType != ConnectionType.Subscription)
            return;
        // The memory may hold entries that others changed during the outage.
        _firstLevel.Clear();
        Interlocked.Increment(ref _interruptions);
        Volatile.Write(ref _lostUntil, Environment.TickCount64 + RecoveryMilliseconds);
        Volatile.Write(ref _isDisconnected, 0);
    }
}
