using MovieLms.Data.Jobs;

namespace MovieLms.Worker.Jobs;

/// <summary>How long ago a recurring job last succeeded.</summary>
/// <param name="SucceededAt">Null when it never has.</param>
/// <param name="Lag">Since then, or since this process began when it has not had its first turn yet.</param>
/// <param name="Error">Of the last run, when it failed.</param>
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
