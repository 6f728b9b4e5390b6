using System.Diagnostics;
using Hangfire;
using Hangfire.Common;
using Hangfire.Storage;
using MovieLms.Data.Jobs;
using MovieLms.ServiceDefaults.Telemetry;
using MovieLms.Worker.Telemetry;

namespace MovieLms.Worker.Jobs;

/// <summary>
/// Runs jobs by name, each on one worker at a time, and records the outcome. Hangfire calls it: job records contain the type's and the
/// methods' names.
/// </summary>
internal sealed partial class RecurringJobs(
    IEnumerable<IRecurringJob> jobs,
    JobRunStore runs,
    WorkerMetrics metrics,
    IConfiguration configuration,
    TimeProvider time,
    ILogger<RecurringJobs> logger
)
{
    /// <summary>All recurring jobs.</summary>
    internal IReadOnlyList<IRecurringJob> All { get; } = [.. jobs];

    /// <summary>
    /// Runs a job. Hangfire retries it with increasing delays if it fails or another worker is running it. That worker may have died; the
    /// delays together are longer than any job's maximum duration.
    /// </summary>
    /// <exception cref="InvalidOperationException">Another worker is running the job.</exception>
    [AutomaticRetry(Attempts = 5, DelaysInSeconds = [60, 300, 900, 3600, 7200])]
    [JobDisplayName("{0}")]
    public async Task RunRepeatedlyAsync(string name, CancellationToken cancellationToken)
    {
        if (!await TryRunAsync(name, cancellationToken))
            throw new InvalidOperationException($"Another worker is running the job {name}. It will be retried.");
    }

    /// <summary>Runs a job unless another worker is running it.</summary>
    [AutomaticRetry(Attempts = 0)]
    [JobDisplayName("{0}")]
    public Task RunAsync(string name, CancellationToken cancellationToken) => TryRunAsync(name, cancellationToken);

    /// <summary>Adds missing jobs to the schedule and updates those whose configuration has changed.</summary>
    internal void Register(JobStorage storage)
    {
        using var connection = storage.GetConnection();
        var known = connection.GetRecurringJobs().ToDictionary(job => job.Id);
        var schedule = new RecurringJobManager(storage);
        var zone = JobSchedule.GetTimeZone(configuration);
        foreach (var job in All)
        {
            var cron = JobSchedule.GetCron(configuration, job);
            if (known.TryGetValue(job.Name, out var entry) && entry.Cron == cron && entry.TimeZoneId == zone.Id && entry.Error is null)
                continue;
            var call = job.IsRetriedAfterFailure
                ? Job.FromExpression<RecurringJobs>(jobs => jobs.RunRepeatedlyAsync(job.Name, CancellationToken.None))
                : Job.FromExpression<RecurringJobs>(jobs => jobs.RunAsync(job.Name, CancellationToken.None));
            schedule.AddOrUpdate(job.Name, call, cron, new RecurringJobOptions { TimeZone = zone });
        }
    }

    private async Task<bool> TryRunAsync(string name, CancellationToken cancellationToken)
    {
        // Ignore a job of another release: an older or newer worker runs it.
        if (All.FirstOrDefault(job => job.Name == name) is not { } job)
            return true;
        var holder = Guid.NewGuid().ToString("N");
        if (!await runs.TryBeginAsync(name, holder, job.MaxDuration, cancellationToken))
            return false;
        using var scope = logger.BeginIdScope("JobName", name);
        var started = time.GetTimestamp();
        string? error = null;
        // Disposed before the run is released, so that the spans of two runs never overlap.
        var activity = job.IsSweep ? null : MovieLmsTelemetry.Source.StartActivity($"job {name}");
        try
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            timeout.CancelAfter(job.MaxDuration);
            await job.RunAsync(timeout.Token);
            return true;
        }
        catch (Exception e)
        {
            error = e.GetType().Name;
            activity?.SetStatus(ActivityStatusCode.Error, error);
            LogFailed(logger, e, name);
            throw;
        }
        finally
        {
            activity?.Dispose();
            metrics.RecordJobRun(name, error is null, time.GetElapsedTime(started));
            await runs.EndAsync(name, holder, error, CancellationToken.None);
        }
    }

    [LoggerMessage(LogLevel.Error, "The recurring job {Job} failed")]
    private static partial void LogFailed(ILogger logger, Exception exception, string job);
}
