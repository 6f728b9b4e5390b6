using System.Diagnostics;
using Hangfire;
using Hangfire.Common;
using Hangfire.Storage;
using MovieLms.Data.Jobs;
using MovieLms.ServiceDefaults.Telemetry;
using MovieLms.Worker.Telemetry;

namespace MovieLms.Worker.Jobs;

/// <summary>Runs a job by its name, one at a time over all workers, and notes how it went. Hangfire calls it.</summary>
internal sealed partial class RecurringJobs(
    IEnumerable<IRecurringJob> jobs,
    JobRunStore runs,
    WorkerMetrics metrics,
    IConfiguration configuration,
    TimeProvider time,
    ILogger<RecurringJobs> logger
)
{
    /// <summary>All of them.</summary>
    internal IReadOnlyList<IRecurringJob> All { get; } = [.. jobs];

    /// <summary>
    /// Runs the job of that name, and again with growing pauses when it fails or somebody holds it: whoever holds it may have died,
    /// and the pauses together are longer than any hold.
    /// </summary>
    /// <exception cref="InvalidOperationException">Somebody holds it.</exception>
    [AutomaticRetry(Attempts = 5, DelaysInSeconds = [60, 300, 900, 3600, 7200])]
    [JobDisplayName("{0}")]
    public async Task RunRepeatedlyAsync(string name, CancellationToken cancellationToken)
    {
        if (!await TryRunAsync(name, cancellationToken))
            throw new InvalidOperationException($"The job {name} is held; it is tried again later.");
    }

    /// <summary>Runs the job of that name unless another worker does.</summary>
    [AutomaticRetry(Attempts = 0)]
    [JobDisplayName("{0}")]
    public Task RunAsync(string name, CancellationToken cancellationToken) => TryRunAsync(name, cancellationToken);

    /// <summary>Puts into the schedule what is missing there or differs; what a person has changed by configuration wins.</summary>
    internal void Register(JobStorage storage)
    {
        using var connection = storage.GetConnection();
        var known = connection.GetRecurringJobs().ToDictionary(job => job.Id);
        var schedule = new RecurringJobManager(storage);
        var zone = JobSchedule.Zone(configuration);
        foreach (var job in All)
        {
            var cron = JobSchedule.Cron(configuration, job);
            if (known.TryGetValue(job.Name, out var entry) && entry.Cron == cron && entry.TimeZoneId == zone.Id && entry.Error is null)
                continue;
            var call = job.IsRepeatedAfterFailure
                ? Job.FromExpression<RecurringJobs>(jobs => jobs.RunRepeatedlyAsync(job.Name, CancellationToken.None))
                : Job.FromExpression<RecurringJobs>(jobs => jobs.RunAsync(job.Name, CancellationToken.None));
            schedule.AddOrUpdate(job.Name, call, cron, new RecurringJobOptions { TimeZone = zone });
        }
    }

    private async Task<bool> TryRunAsync(string name, CancellationToken cancellationToken)
    {
        // A name that this release does not know: an older or newer worker will.
        if (All.FirstOrDefault(job => job.Name == name) is not { } job)
            return true;
        var holder = Guid.NewGuid().ToString("N");
        if (!await runs.TryBeginAsync(name, holder, job.MaxDuration, cancellationToken))
            return false;
        using var scope = logger.BeginIdScope("JobName", name);
        var started = time.GetTimestamp();
        string? error = null;
        // Disposed before the run is released: spans of two runs never overlap.
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
            metrics.JobEnded(name, error is null, time.GetElapsedTime(started));
            await runs.EndAsync(name, holder, error, CancellationToken.None);
        }
    }

    [LoggerMessage(LogLevel.Error, "The recurring job {Job} failed")]
    private static partial void LogFailed(ILogger logger, Exception exception, string job);
}
