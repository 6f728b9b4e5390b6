using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using MovieLms.Data.Jobs;

namespace MovieLms.Worker.Jobs;

/// <summary>
/// Degraded when a recurring job has not succeeded for too long; its details say when each last did, how long ago, and when it is due next.
/// </summary>
internal sealed class JobHealth(RecurringJobs jobs, JobRunStore runs, NextRuns nextRuns, TimeProvider clock) : IHealthCheck
{
    private const string Format = "yyyy-MM-dd'T'HH:mm:ss'Z'";
    private readonly DateTimeOffset _since = clock.GetUtcNow();

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var now = clock.GetUtcNow();
        var next = await nextRuns.GetAsync();
        var details = new Dictionary<string, object>();
        var late = new List<string>();
        foreach (var (job, lag) in await JobLag.ReadAsync(jobs, runs, _since, now, cancellationToken))
        {
            details[job.Name] = string.Create(
                CultureInfo.InvariantCulture,
                $"last success {Text(lag.SucceededAt?.UtcDateTime, "never")}, lag {lag.Lag.TotalSeconds:0} s, next {Text(next?.GetValueOrDefault(job.Name), "unknown")}{(lag.Error is { } error ? $", last run failed: {error}" : "")}"
            );
            // What was missed while no worker ran is made up for at the next turn: a new process gets the whole time for it.
            var waited = now - _since;
            if ((lag.Lag < waited ? lag.Lag : waited) > job.LateAfter)
                late.Add(job.Name);
        }
        return late.Count == 0
            ? HealthCheckResult.Healthy(data: details)
            : HealthCheckResult.Degraded($"No success for too long: {string.Join(", ", late)}.", data: details);
    }

    private static string Text(DateTime? time, string otherwise) => time?.ToString(Format, CultureInfo.InvariantCulture) ?? otherwise;
}
