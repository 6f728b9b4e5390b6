namespace MovieLms.ServiceDefaults.Caching;

/// <summary>
/// Counts the changes of stamps that this process learns of. A reader that compares the count before and after its read knows
/// whether what it stored in memory may be older than a change that it overlapped with. The cache library alone does not notice:
/// it ignores a message about an entry that is still being read, and a message from a process whose clock is behind.
/// </summary>
internal sealed class StampChanges(FirstLevel firstLevel)
{
    /// <summary>Begins the key of every stamp.</summary>
    internal const string Prefix = "stamp:";

    /// <summary>Stamps share counters: a change of another stamp then costs one more read.</summary>
    private readonly long[] _counts = new long[256];

    internal long Count(string key) => Volatile.Read(ref _counts[Slot(key)]);

    /// <summary>This process has changed the stamp.</summary>
    internal void Changed(string key) => Interlocked.Increment(ref _counts[Slot(key)]);

    /// <summary>Another process has changed the stamp: the next read goes to Redis.</summary>
    internal void ChangedElsewhere(string key)
    {
        // Counted first: a reader that stores the old stamp after the removal then sees that it must not.
        Changed(key);
        Forget(key);
    }

    /// <summary>Removes the stamp from memory.</summary>
    internal void Forget(string key) => firstLevel.Memory.Remove(key);

    private int Slot(string key) => (int)((uint)StringComparer.Ordinal.GetHashCode(key) % _counts.Length);
}
