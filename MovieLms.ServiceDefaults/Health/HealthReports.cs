using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace MovieLms.ServiceDefaults.Health;

/// <summary>
/// The health of this process. A report is shared for a second, and by everyone who asks while it is computed, so that probes cost at most
/// one computation per second.
/// </summary>
internal sealed class HealthReports(HealthCheckService checks, TimeProvider time)
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(1);
    private readonly Lock _lock = new();
    private Task<HealthReport>? _latest;
    private long _latestAt;

    internal Task<HealthReport> GetAsync(CancellationToken cancellationToken) => Latest().WaitAsync(cancellationToken);

    private Task<HealthReport> Latest()
    {
        lock (_lock)
        {
            var isCurrent = _latest is { } latest && (!latest.IsCompleted || time.GetElapsedTime(_latestAt) < MaxAge);
            if (isCurrent)
                return _latest!;
            _latestAt = time.GetTimestamp();
            // Not canceled by the request that happens to come first, and not run on its thread.
            return _latest = Task.Run(() => checks.CheckHealthAsync(CancellationToken.None));
        }
    }
}
