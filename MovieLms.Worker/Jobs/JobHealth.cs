using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using MovieLms.Data.Jobs;

namespace MovieLms.Worker.Jobs;

/// <summary>
/// Reports degraded health when a recurring job has not succeeded for too long. The details contain each job's last success, lag and next
/// run.
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
            // A new process gets the full period: runs missed while no worker was running are made up at the next scheduled time.
            var uptime = now - _since;
            if ((lag.Lag < uptime ? lag.Lag : uptime) > job.LateAfter)
                late.Add(job.Name);
        }
        return late.Count == 0
            ? HealthCheckResult.Healthy(data: details)
            : HealthCheckResult.Degraded($"Jobs without a recent success: {string.Join(", ", late)}.", data: details);
    }

    private static string Text(DateTime? time, string otherwise) => time?.ToString(Format, CultureInfo.InvariantCulture) ?? otherwise;
}
