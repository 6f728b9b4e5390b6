using MovieLms.Application.Work;
using MovieLms.Data.Imports;
using MovieLms.Data.Jobs;
using MovieLms.Data.Mail;
using MovieLms.Worker.Telemetry;

namespace MovieLms.Worker.Jobs;

/// <summary>Samples the queues and job lags in the database periodically and records them as metrics.</summary>
internal sealed partial class QueueSampler(
    ImportQueue imports,
    OutboxStore outbox,
    JobRunStore runs,
    RecurringJobs jobs,
    WorkerMetrics metrics,
    IConfiguration configuration,
    TimeProvider clock,
    ILogger<QueueSampler> logger
) : BackgroundService
{
    private readonly DateTimeOffset _since = clock.GetUtcNow();

    /// <summary>Takes one sample.</summary>
    internal async Task SampleAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var (waiting, oldest) = await outbox.GetWaitingAsync(cancellationToken);
        metrics.RecordQueues(
            await imports.CountAsync(cancellationToken),
            waiting,
            oldest is { } since && since < now ? now - since : TimeSpan.Zero
        );
        foreach (var (job, lag) in await JobLag.ReadAsync(jobs, runs, _since, now, cancellationToken))
            metrics.RecordJobLag(job.Name, lag.Lag);
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Ticker.RunAsync(
            configuration.GetValue("Telemetry:Sample", TimeSpan.FromSeconds(15)),
            clock,
            SampleAsync,
            e => LogUnavailable(logger, e.GetType().Name),
            stoppingToken
        );

    [LoggerMessage(LogLevel.Warning, "The queues could not be sampled ({Error}); retrying")]
    private static partial void LogUnavailable(ILogger logger, string error);
}
