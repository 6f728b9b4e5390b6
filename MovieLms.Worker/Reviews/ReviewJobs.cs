using MovieLms.Data.Reviews;
using MovieLms.Worker.Jobs;

namespace MovieLms.Worker.Reviews;

/// <summary>Recomputes the ratings of movies that a crash between the two writes of a review left wrong.</summary>
internal sealed class RepairReviewsJob(ReviewRepair repair) : IRecurringJob
{
    private static readonly TimeSpan QuietPeriod = TimeSpan.FromMinutes(5);

    public string Name => "reviews-repair";
    public string Cron => "45 3 * * *";
    public TimeSpan MaxDuration => TimeSpan.FromHours(1);
    public TimeSpan LateAfter => TimeSpan.FromDays(2);
    public bool IsRetriedAfterFailure => true;

    public Task RunAsync(CancellationToken cancellationToken) => repair.RunAsync(QuietPeriod, cancellationToken);
}
