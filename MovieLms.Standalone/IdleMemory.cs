namespace MovieLms.Standalone;

/// <summary>
/// Returns memory to the operating system when the process becomes idle. After a load, the garbage collector keeps objects that are no
/// longer used until the next allocations need their memory, which may take hours on the small servers that Standalone runs on.
/// </summary>
internal sealed class IdleMemory(TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>A process that allocates less than this per interval is idle: health checks and jobs take a tenth of it.</summary>
    private const long IdleBytes = 16 * 1024 * 1024;

    /// <summary>Fewer allocations since the last collection are not worth another.</summary>
    private const long WorthwhileBytes = 64 * 1024 * 1024;

    private long _allocatedBefore;
    private long _allocatedAtCollection;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (!ShouldCollect(GC.GetTotalAllocatedBytes()))
                continue;
            // The pause of a heap of 100 MB is about 0.1 s.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            NativeHeap.Trim();
        }
    }

    /// <summary>Returns whether the process was idle since the last call, and has allocated much since the last collection.</summary>
    /// <param name="allocated">The bytes that the process has allocated since it started.</param>
    internal bool ShouldCollect(long allocated)
    {
        var isIdle = allocated - _allocatedBefore < IdleBytes;
        _allocatedBefore = allocated;
        if (!isIdle || allocated - _allocatedAtCollection < WorthwhileBytes)
            return false;
        _allocatedAtCollection = allocated;
        return true;
    }
}
