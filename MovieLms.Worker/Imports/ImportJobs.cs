using MovieLms.Application.Imports;
using MovieLms.Data.Imports;
using MovieLms.Worker.Jobs;

namespace MovieLms.Worker.Imports;

/// <summary>Starts the imports that wait: the schedule of the bulk pipeline. It wakes the workers, which also poll by themselves.</summary>
internal sealed class SweepImportsJob(ImportSignals signals) : IRecurringJob
{
    public string Name => "imports-sweep";
    public string Cron => "* * * * *";
    public TimeSpan MaxDuration => TimeSpan.FromHours(1);
    public TimeSpan LateAfter => TimeSpan.FromHours(2);
    public bool IsSweep => true;

    public Task RunAsync(CancellationToken cancellationToken) => signals.QueuedAsync();
}

/// <summary>Removes the bytes of uploads that died with the process that received them.</summary>
internal sealed class SweepUploadsJob(ImportStore imports, TimeProvider clock) : IRecurringJob
{
    /// <summary>No upload of 50 MB takes longer and still ends.</summary>
    private static readonly TimeSpan MaxUploadDuration = TimeSpan.FromHours(1);

    public string Name => "uploads-sweep";
    public string Cron => "*/10 * * * *";
    public TimeSpan MaxDuration => TimeSpan.FromMinutes(10);
    public TimeSpan LateAfter => TimeSpan.FromMinutes(30);

    public Task RunAsync(CancellationToken cancellationToken) =>
        imports.SweepUploadsAsync(clock.GetUtcNow() - MaxUploadDuration, cancellationToken);
}

/// <summary>Removes files that no document names.</summary>
internal sealed class SweepFilesJob(OrphanedFiles orphans, TimeProvider clock) : IRecurringJob
{
    private static readonly TimeSpan UnnamedFor = TimeSpan.FromHours(1);

    /// <summary>
    /// The slowest upload that the server accepts (240 bytes per second) of the largest file without an import: 12 hours.
    /// </summary>
    private static readonly TimeSpan IncompleteFor = TimeSpan.FromHours(24);

    public string Name => "files-sweep";
    public string Cron => "50 * * * *";
    public TimeSpan MaxDuration => TimeSpan.FromMinutes(30);
    public TimeSpan LateAfter => TimeSpan.FromHours(3);

    public Task RunAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return orphans.SweepAsync(now - UnnamedFor, now - IncompleteFor, cancellationToken);
    }
}

/// <summary>Removes imports with their files, reports and errors when nobody will ask for them any more.</summary>
internal sealed class PurgeImportsJob(ImportPurge purge, TimeProvider clock) : IRecurringJob
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(90);

    public string Name => "imports-purge";
    public string Cron => "15 3 * * *";
    public TimeSpan MaxDuration => TimeSpan.FromHours(1);
    public TimeSpan LateAfter => TimeSpan.FromDays(2);

    public Task RunAsync(CancellationToken cancellationToken) => purge.PurgeAsync(clock.GetUtcNow() - Kept, cancellationToken);
}
