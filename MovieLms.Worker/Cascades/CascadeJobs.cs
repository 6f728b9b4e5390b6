using MovieLms.Application.Cascades;
using MovieLms.Data.Cascades;
using MovieLms.Worker.Jobs;

namespace MovieLms.Worker.Cascades;

/// <summary>Finishes deletions, archivings and restores whose process died, and takes each one's last look.</summary>
internal sealed class FinishCascadesJob(CascadeOperations cascades) : IRecurringJob
{
    public string Name => "cascades-finish";
    public string Cron => "* * * * *";
    public TimeSpan Longest => TimeSpan.FromHours(1);
    public TimeSpan LateAfter => TimeSpan.FromHours(2);
    public bool IsSweep => true;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested && await cascades.FinishNextAsync(cancellationToken)) { }
    }
}

/// <summary>Removes for good what was deleted more than <c>Retention:DeletedDays</c> (30) ago, with its files.</summary>
internal sealed class PurgeDeletedJob(CascadePurge purge, IConfiguration configuration, TimeProvider clock) : IRecurringJob
{
    private const double DefaultDays = 30;

    public string Name => "deleted-purge";
    public string Cron => "45 3 * * *";
    public TimeSpan Longest => TimeSpan.FromHours(2);
    public TimeSpan LateAfter => TimeSpan.FromDays(2);

    public Task RunAsync(CancellationToken cancellationToken) =>
        purge.RunAsync(
            clock.GetUtcNow() - TimeSpan.FromDays(configuration.GetValue("Retention:DeletedDays", DefaultDays)),
            cancellationToken
        );
}
