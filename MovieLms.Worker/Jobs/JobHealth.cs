using System.Globalization;
using Hangfire.Storage;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using MovieLms.Data.Jobs;
using MovieLms.ServiceDefaults.Jobs;
using StackExchange.Redis;

namespace MovieLms.Worker.Jobs;

/// <summary>Degraded when a recurring job has not succeeded for too long; its details say when each last did, how long ago, and when it is due next.</summary>
internal sealed class JobHealth(RecurringJobs jobs, JobRunStore runs, JobQueue queue, TimeProvider clock) : IHealthCheck
{
    private const string Format = "yyyy-MM-dd'T'HH:mm:ss'Z'";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private readonly DateTimeOffset _since = clock.GetUtcNow();

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var now = clock.GetUtcNow();
        var next = await NextRunsAsync();
        var details = new Dictionary<string, object>();
        var late = new List<string>();
        foreach (var (job, lag) in await JobLag.ReadAsync(jobs, runs, _since, now, cancellationToken))
        {
            details[job.Name] = string.Create(
                CultureInfo.InvariantCulture,
                $"last success {Text(lag.SucceededAt?.UtcDateTime, "never")}, lag {lag.Lag.TotalSeconds:0} s, next {Text(next?.GetValueOrDefault(job.Name), "unknown")}{(lag.Error is { } error ? $", last run failed: {error}" : "")}");
            // What was missed while no worker ran is made up for at the next turn: a new process gets the whole time for it.
            var waited = now - _since;
            if ((lag.Lag < waited ? lag.Lag : waited) > job.LateAfter) late.Add(job.Name);
        }
        return late.Count == 0
            ? HealthCheckResult.Healthy(data: details)
            : HealthCheckResult.Degraded($"No success for too long: {string.Join(", ", late)}.", data: details);
    }

    /// <summary>When each job is due next, from the schedule in Redis; null when Redis does not say.</summary>
    private async Task<Dictionary<string, DateTime?>?> NextRunsAsync()
    {
        try
        {
            // Hangfire reads synchronously: on a thread of its own, so that a Redis that hangs does not hold the probe up.
            return await Task.Run(() =>
            {
                if (queue.Storage is not { } storage) return null;
                using var connection = storage.GetConnection();
                return connection.GetRecurringJobs().ToDictionary(job => job.Id, job => job.NextExecution);
            }).WaitAsync(Patience);
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException)
        {
            return null;
        }
    }

    private static string Text(DateTime? time, string otherwise) => time?.ToString(Format, CultureInfo.InvariantCulture) ?? otherwise;
}
