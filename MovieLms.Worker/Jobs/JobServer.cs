using Hangfire;
using Hangfire.Server;
using MovieLms.Data;
using LogProvider = Hangfire.Logging.LogProvider;

namespace MovieLms.Worker.Jobs;

/// <summary>
/// Hangfire over Redis: the schedule and its dashboard. It starts when Redis is there, and puts recurring jobs that are
/// missing back: Redis may be emptied at any time, and holds nothing that is not also in the code or in MongoDB.
/// </summary>
internal sealed partial class JobServer(
    ScheduleStorage schedule,
    RecurringJobs jobs,
    RefusedJobs refused,
    JobActivator activator,
    DatabaseInitializer database,
    IConfiguration configuration,
    ILoggerFactory loggers
) : BackgroundService
{
    private static readonly TimeSpan RegisterEvery = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan TryEvery = TimeSpan.FromSeconds(1);
    private readonly ILogger _logger = loggers.CreateLogger<JobServer>();

    /// <summary>The storage; null while Redis has not been reached yet.</summary>
    internal JobStorage? Storage => schedule.Storage;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await database.Ready.WaitAsync(stoppingToken);
        BackgroundJobServer? server = null;
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                server ??= Start();
                await Task.Delay(server is null ? TryEvery : RegisterEvery, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping: what runs is told, and is repeated elsewhere.
        }
        finally
        {
            server?.SendStop();
            server?.Dispose();
        }

        BackgroundJobServer? Start()
        {
            try
            {
                if (Storage is not { } storage)
                    return null;
                LogProvider.SetCurrentLogProvider(new HangfireLogs(loggers));
                jobs.Register(storage);
                return new BackgroundJobServer(
                    new BackgroundJobServerOptions
                    {
                        Activator = activator,
                        FilterProvider = refused,
                        WorkerCount = configuration.GetValue("Jobs:Workers", 2),
                        SchedulePollingInterval = TimeSpan.FromSeconds(5),
                        StopTimeout = TimeSpan.FromSeconds(1),
                        ShutdownTimeout = TimeSpan.FromSeconds(5),
                    },
                    storage,
                    [new RegistrarProcess(jobs)]
                );
            }
            catch (Exception e)
            {
                // Imports and mail do not need the schedule: its failure is not theirs, and is tried again.
                LogUnavailable(_logger, e);
                return null;
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "Recurring jobs wait for Redis")]
    private static partial void LogUnavailable(ILogger logger, Exception exception);

    /// <summary>Looks now and then whether the schedule is whole; Hangfire repeats it after errors with growing pauses.</summary>
    private sealed class RegistrarProcess(RecurringJobs jobs) : IBackgroundProcess
    {
        public void Execute(BackgroundProcessContext context)
        {
            jobs.Register(context.Storage);
            context.Wait(RegisterEvery);
        }
    }
}
