using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace MovieLms.ServiceDefaults.Health;

/// <summary>
/// Health reports of this process. A report is cached for a second, and concurrent callers share one, so probes run the checks at
/// most once per second.
/// </summary>
public sealed class HealthReports(HealthCheckService checks, TimeProvider time)
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(1);
    private readonly Lock _lock = new();
    private Task<HealthReport>? _latest;
    private long _latestAt;

    /// <summary>Returns the current report.</summary>
    public Task<HealthReport> GetAsync(CancellationToken cancellationToken) => GetLatest().WaitAsync(cancellationToken);

    private Task<HealthReport> GetLatest()
    {
        lock (_lock)
        {
            var isCurrent = _latest is { } latest && (!latest.IsCompleted || time.GetElapsedTime(_latestAt) < MaxAge);
            if (isCurrent)
                return _latest!;
            _latestAt = time.GetTimestamp();
            // Must not be canceled by the first caller's request, and must not run on its thread.
            return _latest = Task.Run(() => checks.CheckHealthAsync(CancellationToken.None));
        }
    }
}
