using Hangfire;
using Hangfire.Storage;
using StackExchange.Redis;

namespace MovieLms.Worker.Jobs;

/// <summary>
/// Reads each job's next run from the schedule in Redis. Hangfire reads synchronously, so one read at a time runs in the background and
/// callers wait for it with a timeout. A hanging Redis blocks no health probe and at most one thread.
/// </summary>
internal sealed class NextRuns(Func<JobStorage?> schedule, TimeProvider time)
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(500);
    private readonly Lock _lock = new();
    private Task<IReadOnlyDictionary<string, DateTime?>?>? _latest;
    private long _latestAt;

    /// <summary>Returns the next run of each job by its name; null if Redis is unavailable.</summary>
    internal async Task<IReadOnlyDictionary<string, DateTime?>?> GetAsync()
    {
        try
        {
            return await ReadLatestAsync().WaitAsync(Timeout);
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException)
        {
            return null;
        }
    }

    private Task<IReadOnlyDictionary<string, DateTime?>?> ReadLatestAsync()
    {
        lock (_lock)
        {
            var isCurrent = _latest is { } latest && (!latest.IsCompleted || time.GetElapsedTime(_latestAt) < MaxAge);
            if (isCurrent)
                return _latest!;
            _latestAt = time.GetTimestamp();
            return _latest = Task.Run(Read);
        }
    }

    private IReadOnlyDictionary<string, DateTime?>? Read()
    {
        if (schedule() is not { } storage)
            return null;
        using var connection = storage.GetConnection();
        return connection.GetRecurringJobs().ToDictionary(job => job.Id, job => job.NextExecution);
    }
}
