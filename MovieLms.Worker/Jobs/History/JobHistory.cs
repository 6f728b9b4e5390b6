using System.Globalization;
using Hangfire;
using Hangfire.Common;
using Hangfire.Storage;
using Hangfire.Storage.Monitoring;
using MovieLms.ServiceDefaults.Errors;

namespace MovieLms.Worker.Jobs.History;

/// <summary>
/// Searches the runs that Hangfire keeps in Redis: the latest <see cref="MaxRuns"/> of each state. Hangfire reads synchronously, so at most
/// <see cref="MaxReaders"/> threads read, and other callers are told to retry.
/// </summary>
internal sealed class JobHistory(ScheduleStorage schedule) : IDisposable
{
    /// <summary>The number of runs of a state that are searched. Redis keeps 500 successful ones.</summary>
    internal const int MaxRuns = 1_000;

    private const int MaxReaders = 2;
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);
    private readonly SemaphoreSlim _readers = new(MaxReaders);

    public void Dispose() => _readers.Dispose();

    /// <summary>Returns a page of the runs that match, newest first; null if Redis is unavailable.</summary>
    /// <exception cref="BusyException">Other callers search, or Redis does not respond in time.</exception>
    internal Task<JobHistoryPage?> SearchAsync(JobHistoryQuery query, CancellationToken cancellationToken) =>
        ReadAsync(storage => Search(storage.GetMonitoringApi(), query), cancellationToken);

    /// <summary>Returns a run; null if it does not exist, or Redis is unavailable.</summary>
    /// <exception cref="BusyException">Other callers search, or Redis does not respond in time.</exception>
    internal Task<JobRunDetails?> FindAsync(string id, CancellationToken cancellationToken) =>
        ReadAsync(storage => Describe(id, storage.GetMonitoringApi().JobDetails(id)), cancellationToken);

    private async Task<T?> ReadAsync<T>(Func<JobStorage, T?> read, CancellationToken cancellationToken)
        where T : class
    {
        if (schedule.Storage is not { } storage)
            return null;
        if (!await _readers.WaitAsync(MaxWait, cancellationToken))
            throw new BusyException("Other administrators are searching the jobs");
        // The thread stays in use until Redis responds, even if the caller has left.
        var reading = Task.Run(
            () =>
            {
                try
                {
                    return read(storage);
                }
                finally
                {
                    _readers.Release();
                }
            },
            CancellationToken.None
        );
        try
        {
            return await reading.WaitAsync(Timeout, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new BusyException("The job history could not be read in time");
        }
    }

    private static JobHistoryPage Search(IMonitoringApi monitoring, JobHistoryQuery query)
    {
        var isComplete = true;
        List<JobRunResponse> found = [];
        foreach (var state in JobHistoryQuery.States.Where(state => query.State is null || query.State == state))
        {
            var count = 0;
            foreach (var (run, exception) in Read(monitoring, state))
            {
                count++;
                if (query.Matches(run, exception))
                    found.Add(run);
            }
            isComplete &= count < MaxRuns;
        }
        var items = found.OrderByDescending(run => run.At).ThenByDescending(run => run.Id, StringComparer.Ordinal);
        return new JobHistoryPage([.. items.Skip(query.Skip).Take(query.Take)], found.Count, isComplete);
    }

    /// <summary>Returns the latest runs of a state, and the texts of their exceptions.</summary>
    private static IEnumerable<(JobRunResponse Run, string? Exception)> Read(IMonitoringApi monitoring, string state) =>
        state switch
        {
            JobHistoryQuery.Failed => monitoring
                .FailedJobs(0, MaxRuns)
                .Select(pair =>
                    (
                        Create(pair.Key, pair.Value?.Job, state, pair.Value?.FailedAt, error: GetError(pair.Value)),
                        pair.Value?.ExceptionDetails
                    )
                ),
            JobHistoryQuery.Succeeded => monitoring
                .SucceededJobs(0, MaxRuns)
                .Select(pair =>
                    WithoutException(Create(pair.Key, pair.Value?.Job, state, pair.Value?.SucceededAt, GetSeconds(pair.Value)))
                ),
            JobHistoryQuery.Processing => monitoring
                .ProcessingJobs(0, MaxRuns)
                .Select(pair => WithoutException(Create(pair.Key, pair.Value?.Job, state, pair.Value?.StartedAt))),
            JobHistoryQuery.Scheduled => monitoring
                .ScheduledJobs(0, MaxRuns)
                .Select(pair => WithoutException(Create(pair.Key, pair.Value?.Job, state, pair.Value?.EnqueueAt))),
            JobHistoryQuery.Deleted => monitoring
                .DeletedJobs(0, MaxRuns)
                .Select(pair => WithoutException(Create(pair.Key, pair.Value?.Job, state, pair.Value?.DeletedAt))),
            _ => monitoring
                .EnqueuedJobs("default", 0, MaxRuns)
                .Select(pair => WithoutException(Create(pair.Key, pair.Value?.Job, state, pair.Value?.EnqueuedAt))),
        };

    private static (JobRunResponse Run, string? Exception) WithoutException(JobRunResponse run) => (run, null);

    private static JobRunResponse Create(string id, Job? job, string state, DateTime? at, double? seconds = null, string? error = null) =>
        new(id, GetName(job), state, ToUtc(at), seconds, error);

    private static JobRunDetails? Describe(string id, JobDetailsDto? details)
    {
        if (details is null)
            return null;
        var failure = details.History.FirstOrDefault(step => step.Data.ContainsKey("ExceptionDetails"));
        return new JobRunDetails(
            id,
            GetName(details.Job),
            ToUtc(details.CreatedAt),
            ToUtc(details.ExpireAt),
            failure?.Data["ExceptionDetails"],
            [
                .. details.History.Select(step => new JobStep(
                    step.StateName.ToLower(CultureInfo.InvariantCulture),
                    ToUtc(step.CreatedAt)!.Value,
                    step.Reason
                )),
            ]
        );
    }

    /// <summary>The first argument of every allowed method is the name. A record that cannot be loaded has no method.</summary>
    private static string? GetName(Job? job) => job is not null && JobAllowList.Contains(job) ? job.Args.FirstOrDefault() as string : null;

    private static string? GetError(FailedJobDto? failed)
    {
        if (failed?.ExceptionType is not { Length: > 0 } type)
            return failed?.Reason;
        return $"{type.Split('.')[^1]}: {JobAllowList.Sanitize(failed.ExceptionMessage)}";
    }

    private static double? GetSeconds(SucceededJobDto? succeeded) => succeeded?.TotalDuration / 1000d;

    private static DateTimeOffset? ToUtc(DateTime? time) =>
        time is { } value ? new DateTimeOffset(DateTime.SpecifyKind(value, DateTimeKind.Utc)) : null;
}
