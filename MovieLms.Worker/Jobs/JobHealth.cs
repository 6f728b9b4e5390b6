using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using MovieLms.Data.Jobs;

namespace MovieLms.Worker.Jobs;

/// <summary>Degraded when a recurring job has not succeeded for too long; its details say when each last did.</summary>
internal sealed class JobHealth(RecurringJobs jobs, JobRunStore runs, TimeProvider clock) : IHealthCheck
{
    private readonly DateTimeOffset _since = clock.GetUtcNow();

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var known = (await runs.ReadAsync(cancellationToken)).ToDictionary(run => run.Name);
        var details = new Dictionary<string, object>();
        var late = new List<string>();
        foreach (var job in jobs.All)
        {
            var run = known.GetValueOrDefault(job.Name);
            details[job.Name] = run?.SucceededAt?.ToString("u", CultureInfo.InvariantCulture) ?? "never";
            // A job that has not had its first turn yet counts from the start of this process.
            var last = run?.SucceededAt is { } success && success > _since ? success : _since;
            if (clock.GetUtcNow() - last > job.LateAfter) late.Add(job.Name);
        }
        return late.Count == 0
            ? HealthCheckResult.Healthy(data: details)
            : HealthCheckResult.Degraded($"No success for too long: {string.Join(", ", late)}.", data: details);
    }
}
