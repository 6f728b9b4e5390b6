using Hangfire;
using Hangfire.Server;
using MovieLms.Data;
using LogProvider = Hangfire.Logging.LogProvider;

namespace MovieLms.Worker.Jobs;

/// <summary>
/// Runs Hangfire over Redis. Starts once Redis is available, and re-registers missing recurring jobs. Redis may lose its data at any time;
/// it holds nothing that is not also in the code or in MongoDB.
/// </summary>
internal sealed partial class JobServer(
    ScheduleStorage schedule,
    RecurringJobs jobs,
    JobAllowListFilter filter,
    JobActivator activator,
    DatabaseInitializer database,
    IConfiguration configuration,
    ILoggerFactory loggers
) : BackgroundService
{
    private static readonly TimeSpan RegisterInterval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StartRetryInterval = TimeSpan.FromSeconds(1);
    private readonly ILogger _logger = loggers.CreateLogger<JobServer>();

    /// <summary>The storage; null until Redis has been reached once.</summary>
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
                await Task.Delay(server is null ? StartRetryInterval : RegisterInterval, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host is stopping. Running jobs are canceled, and Hangfire requeues them.
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
                        FilterProvider = filter,
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
                // Imports and mail do not need the schedule, so a failure here must not stop the host. The loop retries.
                LogUnavailable(_logger, e);
                return null;
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "The job server could not be started; retrying")]
    private static partial void LogUnavailable(ILogger logger, Exception exception);

    /// <summary>Re-registers missing jobs periodically. After errors Hangfire retries it with increasing delays.</summary>
    private sealed class RegistrarProcess(RecurringJobs jobs) : IBackgroundProcess
    {
        public void Execute(BackgroundProcessContext context)
        {
            jobs.Register(context.Storage);
            context.Wait(RegisterInterval);
        }
    }
}
