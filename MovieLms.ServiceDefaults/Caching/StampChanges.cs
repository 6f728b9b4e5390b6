using ZiggyCreatures.Caching.Fusion.Backplane;

namespace MovieLms.ServiceDefaults.Caching;

/// <summary>
/// Counts the changes of stamps that this process knows of. A reader compares the count before and after its read: if it differs, the stamp
/// that the reader stored in memory may be older than the change. FusionCache alone does not detect this: it ignores a message about an
/// entry that is still being read, and a message from a process whose clock is behind.
/// </summary>
internal sealed class StampChanges(FirstLevel firstLevel)
{
    /// <summary>The prefix of every stamp's key.</summary>
    internal const string Prefix = "stamp:";

    /// <summary>Several stamps share a counter. A change of another stamp costs one more read.</summary>
    private readonly long[] _counts = new long[256];

    internal long Count(string key) => Volatile.Read(ref _counts[Slot(key)]);

    /// <summary>Counts a change by this process.</summary>
    internal void Changed(string key) => Interlocked.Increment(ref _counts[Slot(key)]);

    /// <summary>Handles a message of another process.</summary>
    internal void Receive(BackplaneMessage message)
    {
        if (message.CacheKey?.StartsWith(Prefix, StringComparison.Ordinal) == true)
            ChangedElsewhere(message.CacheKey);
    }

    /// <summary>Counts a change by another process. The next read goes to Redis.</summary>
    internal void ChangedElsewhere(string key)
    {
        // Counted first: a reader that stores the old stamp after the eviction then reads again.
        Changed(key);
        Evict(key);
    }

    /// <summary>Removes a stamp from memory.</summary>
    internal void Evict(string key) => firstLevel.Memory.Remove(key);

    private int Slot(string key) => (int)((uint)StringComparer.Ordinal.GetHashCode(key) % _counts.Length);
}
