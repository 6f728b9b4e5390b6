using Hangfire.Common;
using Hangfire.States;

namespace MovieLms.Worker.Jobs;

/// <summary>
/// Refuses job records that call anything but the methods of <see cref="JobAllowList"/>: they fail at once instead of being retried, and
/// are
/// logged. Jobs of the product keep Hangfire's own filters.
/// </summary>
internal sealed partial class RefusedJobs(ILogger<RefusedJobs> logger) : IJobFilterProvider, IElectStateFilter
{
    /// <param name="job">Null if the record could not be loaded.</param>
    public IEnumerable<JobFilter> GetFilters(Job? job) =>
        job is not null && JobAllowList.Contains(job)
            ? JobFilterProviders.Providers.GetFilters(job)
            : [new JobFilter(this, JobFilterScope.Global, null)];

    public void OnStateElection(ElectStateContext context)
    {
        if (context.CandidateState.IsFinal)
            return;
        var reason = context.BackgroundJob.Job is { } job
            ? $"the method {job.Type.Name}.{JobAllowList.Quote(job.Method.Name)} is not one that a job may call"
            : (context.CandidateState as FailedState)?.Exception.Message;
        LogRefused(logger, JobAllowList.Quote(context.BackgroundJob.Id), JobAllowList.Quote(reason));
        context.CandidateState = new FailedState(new InvalidOperationException(reason)) { Reason = "Refused" };
    }

    [LoggerMessage(LogLevel.Warning, "Job {JobId} was refused: {Reason}")]
    private static partial void LogRefused(ILogger logger, string jobId, string reason);
}
