using MovieLms.Data.Jobs;

namespace MovieLms.Worker.Jobs;

/// <summary>The time since a recurring job's last success.</summary>
/// <param name="SucceededAt">The time of the last success; null if there is none.</param>
/// <param name="Lag">The time since then; if the job has never succeeded, the time since this process started.</param>
/// <param name="Error">The error of the last run; null if it succeeded.</param>
internal sealed record JobLag(DateTimeOffset? SucceededAt, TimeSpan Lag, string? Error)
{
    internal static async Task<IReadOnlyList<(IRecurringJob Job, JobLag Lag)>> ReadAsync(
        RecurringJobs jobs,
        JobRunStore runs,
        DateTimeOffset processSince,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var known = (await runs.ReadAsync(cancellationToken)).ToDictionary(run => run.Name);
        return
        [
            .. jobs.All.Select(job =>
            {
                var run = known.GetValueOrDefault(job.Name);
                return (job, new JobLag(run?.SucceededAt, now - (run?.SucceededAt ?? processSince), run?.Error));
            }),
        ];
    }
}
