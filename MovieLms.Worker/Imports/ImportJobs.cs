using MovieLms.Application.Imports;
using MovieLms.Data.Imports;
using MovieLms.Worker.Jobs;

namespace MovieLms.Worker.Imports;

/// <summary>Starts queued imports by waking the workers, which also poll on their own.</summary>
internal sealed class SweepImportsJob(ImportSignals signals) : IRecurringJob
{
    public string Name => "imports-sweep";
    public string Cron => "* * * * *";
    public TimeSpan MaxDuration => TimeSpan.FromHours(1);
    public TimeSpan LateAfter => TimeSpan.FromHours(2);
    public bool IsSweep => true;

    public Task RunAsync(CancellationToken cancellationToken) => signals.WakeWorkersAsync();
}

/// <summary>Deletes the data of uploads whose receiving process died.</summary>
internal sealed class SweepUploadsJob(ImportStore imports, TimeProvider clock) : IRecurringJob
{
    /// <summary>Longer than the slowest upload of 50 MB that the server accepts.</summary>
    private static readonly TimeSpan MaxUploadDuration = TimeSpan.FromHours(1);

    public string Name => "uploads-sweep";
    public string Cron => "*/10 * * * *";
    public TimeSpan MaxDuration => TimeSpan.FromMinutes(10);
    public TimeSpan LateAfter => TimeSpan.FromMinutes(30);

    public Task RunAsync(CancellationToken cancellationToken) =>
        imports.SweepUploadsAsync(clock.GetUtcNow() - MaxUploadDuration, cancellationToken);
}

/// <summary>Deletes files that no document references.</summary>
internal sealed class SweepFilesJob(OrphanedFiles orphans, TimeProvider clock) : IRecurringJob
{
    private static readonly TimeSpan UnreferencedRetention = TimeSpan.FromHours(1);

    /// <summary>
    /// Twice the slowest upload that the server accepts: the largest file outside of imports takes 12 hours at 240 bytes per second.
    /// </summary>
    private static readonly TimeSpan IncompleteRetention = TimeSpan.FromHours(24);

    public string Name => "files-sweep";
    public string Cron => "50 * * * *";
    public TimeSpan MaxDuration => TimeSpan.FromMinutes(30);
    public TimeSpan LateAfter => TimeSpan.FromHours(3);

    public Task RunAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return orphans.SweepAsync(now - UnreferencedRetention, now - IncompleteRetention, cancellationToken);
    }
}

/// <summary>Deletes imports after 90 days, with their files, reports and errors.</summary>
internal sealed class PurgeImportsJob(ImportPurge purge, TimeProvider clock) : IRecurringJob
{
    private static readonly TimeSpan Retention = TimeSpan.FromDays(90);

    public string Name => "imports-purge";
    public string Cron => "15 3 * * *";
    public TimeSpan MaxDuration => TimeSpan.FromHours(1);
    public TimeSpan LateAfter => TimeSpan.FromDays(2);

    public Task RunAsync(CancellationToken cancellationToken) => purge.PurgeAsync(clock.GetUtcNow() - Retention, cancellationToken);
}
