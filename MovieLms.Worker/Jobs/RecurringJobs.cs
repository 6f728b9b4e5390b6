using Hangfire;
using Hangfire.Common;
using Hangfire.Storage;
using MovieLms.Data.Jobs;

namespace MovieLms.Worker.Jobs;

/// <summary>Runs a job by its name, one at a time over all workers, and notes how it went. Hangfire calls it.</summary>
internal sealed partial class RecurringJobs(
    IEnumerable<IRecurringJob> jobs, JobRunStore runs, IConfiguration configuration, ILogger<RecurringJobs> logger)
{
    /// <summary>All of them.</summary>
    internal IReadOnlyList<IRecurringJob> All { get; } = [.. jobs];

    /// <summary>Runs the job of that name unless another worker does.</summary>
    [AutomaticRetry(Attempts = 0)]
    public async Task RunAsync(string name, CancellationToken cancellationToken)
    {
        // A name that this release does not know: an older or newer worker will.
        if (All.FirstOrDefault(job => job.Name == name) is not { } job) return;
        var holder = Guid.NewGuid().ToString("N");
        if (!await runs.TryBeginAsync(name, holder, job.Longest, cancellationToken)) return;
        string? error = null;
        try
        {
            using var longest = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            longest.CancelAfter(job.Longest);
            await job.RunAsync(longest.Token);
        }
        catch (Exception e)
        {
            error = e.GetType().Name;
            LogFailed(logger, e, name);
            throw;
        }
        finally
        {
            await runs.EndAsync(name, holder, error, CancellationToken.None);
        }
    }

    /// <summary>Puts into the schedule what is missing there or differs; what a person has changed by configuration wins.</summary>
    internal void Register(JobStorage storage)
    {
        using var connection = storage.GetConnection();
        var known = connection.GetRecurringJobs().ToDictionary(job => job.Id);
        var schedule = new RecurringJobManager(storage);
        var zone = TimeZoneInfo.FindSystemTimeZoneById(configuration["Jobs:TimeZone"] ?? "UTC");
        foreach (var job in All)
        {
            var cron = configuration[$"Jobs:Cron:{job.Name}"] ?? job.Cron;
            if (known.TryGetValue(job.Name, out var entry) && entry.Cron == cron && entry.TimeZoneId == zone.Id && entry.Error is null) continue;
            schedule.AddOrUpdate(
                job.Name, Job.FromExpression<RecurringJobs>(jobs => jobs.RunAsync(job.Name, CancellationToken.None)), cron, new RecurringJobOptions { TimeZone = zone });
        }
    }

    [LoggerMessage(LogLevel.Error, "The recurring job {Job} failed")]
    private static partial void LogFailed(ILogger logger, Exception exception, string job);
}
