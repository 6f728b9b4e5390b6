using StackExchange.Redis;

namespace MovieLms.ServiceDefaults.Caching;

/// <summary>
/// Whether this process hears what the others change. Without Redis it does not, and shortly after Redis is back it may still
/// read what others have not yet been able to take back there.
/// </summary>
internal sealed class CacheHearing : IDisposable
{
    /// <summary>How long the others may take to repeat, once Redis is back, what they could not say before.</summary>
    private const long CatchingUpMilliseconds = 5_000;

    private readonly IConnectionMultiplexer _redis;
    private long _deafUntil;
    private int _isCut;

    public CacheHearing(IConnectionMultiplexer redis)
    {
        _redis = redis;
        _redis.ConnectionFailed += Cut;
        _redis.ConnectionRestored += Restored;
    }

    /// <summary>True while another process' writes may go unheard.</summary>
    internal bool IsSubscriptionLost
    {
        get
        {
            if (Volatile.Read(ref _isCut) == 0 && _redis.IsConnected)
                return Environment.TickCount64 < Volatile.Read(ref _deafUntil);
            Volatile.Write(ref _deafUntil, Environment.TickCount64 + CatchingUpMilliseconds);
            return true;
        }
    }

    public void Dispose()
    {
        _redis.ConnectionFailed -= Cut;
        _redis.ConnectionRestored -= Restored;
    }

    private void Cut(object? sender, ConnectionFailedEventArgs e)
    {
        if (e.ConnectionType == ConnectionType.Subscription)
            Volatile.Write(ref _isCut, 1);
    }

    private void Restored(object? sender, ConnectionFailedEventArgs e)
    {
        if (e.ConnectionType != ConnectionType.Subscription)
            return;
        Volatile.Write(ref _deafUntil, Environment.TickCount64 + CatchingUpMilliseconds);
        Volatile.Write(ref _isCut, 0);
    }
}
