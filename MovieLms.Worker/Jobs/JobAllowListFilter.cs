using Hangfire.Common;
using Hangfire.States;

namespace MovieLms.Worker.Jobs;

/// <summary>
/// Refuses job records that call a method that is not on the <see cref="JobAllowList"/>. They are logged and fail at once instead of being
/// retried. Allowed jobs keep Hangfire's own filters.
/// </summary>
internal sealed partial class JobAllowListFilter(ILogger<JobAllowListFilter> logger) : IJobFilterProvider, IElectStateFilter
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
            ? $"the method {job.Type.Name}.{JobAllowList.Sanitize(job.Method.Name)} is not allowed in a job"
            : (context.CandidateState as FailedState)?.Exception.Message;
        LogRefused(logger, JobAllowList.Sanitize(context.BackgroundJob.Id), JobAllowList.Sanitize(reason));
        context.CandidateState = new FailedState(new InvalidOperationException(reason)) { Reason = "Refused" };
    }

    [LoggerMessage(LogLevel.Warning, "Job {JobId} was refused: {Reason}")]
    private static partial void LogRefused(ILogger logger, string jobId, string reason);
}
