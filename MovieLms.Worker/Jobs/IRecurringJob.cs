namespace MovieLms.Worker.Jobs;

/// <summary>Work that runs on a schedule. It must be idempotent and tolerate interruption.</summary>
internal interface IRecurringJob
{
    /// <summary>The job's name in the schedule, in health checks and in the configuration (<c>Jobs:Cron:{name}</c>).</summary>
    string Name { get; }

    /// <summary>
    /// The default schedule: a cron expression of five fields, in the time zone <c>Jobs:TimeZone</c> (default UTC).
    /// </summary>
    string Cron { get; }

    /// <summary>The time after which a run is canceled and another worker may start the job.</summary>
    TimeSpan MaxDuration { get; }

    /// <summary>The time without a success after which the health check is degraded.</summary>
    TimeSpan LateAfter { get; }

    /// <summary>True for a job that is retried after a failure, because its next scheduled run is too far away.</summary>
    bool IsRetriedAfterFailure => false;

    /// <summary>
    /// True for a job that looks every minute for work that another process left behind. Its runs have no trace span, so that an idle
    /// installation exports none. The work that it finds has its own spans.
    /// </summary>
    bool IsSweep => false;

    Task RunAsync(CancellationToken cancellationToken);
}
