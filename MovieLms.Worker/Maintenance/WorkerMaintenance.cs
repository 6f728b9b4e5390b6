using System.Globalization;
using Hangfire;
using MovieLms.Application.Maintenance;
using MovieLms.Data.Jobs;
using MovieLms.Worker.Jobs;
using StackExchange.Redis;

namespace MovieLms.Worker.Maintenance;

/// <summary>The worker's maintenance command, <c>--run-job NAME</c>.</summary>
public static class WorkerMaintenance
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>The commands.</summary>
    public static IReadOnlyList<MaintenanceCommand> Commands { get; } = [new("--run-job", "NAME", RunJobAsync)];

    /// <summary>Triggers a scheduled job in Hangfire, as the dashboard does, and waits until a worker has run it.</summary>
    private static async Task<string> RunJobAsync(IServiceProvider services, string name, CancellationToken cancellationToken)
    {
        var jobs = services.GetRequiredService<RecurringJobs>();
        if (jobs.All.All(job => job.Name != name))
            throw new MaintenanceException($"unknown job '{name}'. Available jobs: {string.Join(", ", jobs.All.Select(job => job.Name))}.");
        var runs = services.GetRequiredService<JobRunStore>();
        var before = (await FindAsync(runs, name, cancellationToken))?.EndedAt;

        await services.GetRequiredService<IConnectionMultiplexer>().GetDatabase().PingAsync();
        var storage = services.GetRequiredService<ScheduleStorage>().Storage ?? throw new MaintenanceException("Redis is unavailable.");
        jobs.Register(storage);
        new RecurringJobManager(storage).TriggerJob(name);
        try
        {
            while (true)
            {
                if (await FindAsync(runs, name, cancellationToken) is { EndedAt: { } ended } run && ended != before)
                    return Describe(run);
                await Task.Delay(PollInterval, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw new MaintenanceException("no worker has finished the job yet. It stays in the queue; see /jobs.");
        }
    }

    private static async Task<JobRunDocument?> FindAsync(JobRunStore runs, string name, CancellationToken cancellationToken) =>
        (await runs.ReadAsync(cancellationToken)).FirstOrDefault(run => run.Name == name);

    private static string Describe(JobRunDocument run)
    {
        var seconds = (run.EndedAt - run.StartedAt)?.TotalSeconds ?? 0;
        return run.Error is { } error
            ? throw new MaintenanceException($"the job {run.Name} failed ({error}). See the worker's log.")
            : string.Create(CultureInfo.InvariantCulture, $"The job {run.Name} succeeded in {seconds:0.0} s.");
    }
}
