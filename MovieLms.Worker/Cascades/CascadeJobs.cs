using MovieLms.Data.Cascades;
using MovieLms.Worker.Jobs;

namespace MovieLms.Worker.Cascades;

/// <summary>Purges documents, with their files, that were deleted more than <c>Retention:DeletedDays</c> (30) days ago.</summary>
internal sealed class PurgeDeletedJob(CascadePurge purge, IConfiguration configuration, TimeProvider clock) : IRecurringJob
{
    private const double DefaultDays = 30;

    public string Name => "deleted-purge";
    public string Cron => "45 3 * * *";
    public TimeSpan MaxDuration => TimeSpan.FromHours(2);
    public TimeSpan LateAfter => TimeSpan.FromDays(2);

    public Task RunAsync(CancellationToken cancellationToken) =>
        purge.RunAsync(
            clock.GetUtcNow() - TimeSpan.FromDays(configuration.GetValue("Retention:DeletedDays", DefaultDays)),
            cancellationToken
        );
}
