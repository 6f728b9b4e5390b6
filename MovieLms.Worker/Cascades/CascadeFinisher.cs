using MovieLms.Application.Cascades;
using MovieLms.Data;
using MovieLms.Data.Cascades;

namespace MovieLms.Worker.Cascades;

/// <summary>Looks for operations to finish at start and every few seconds, also while Redis, and with it the schedule, is away.</summary>
internal sealed partial class CascadeFinisher(
    CascadeOperations cascades,
    DatabaseInitializer database,
    CascadeOptions options,
    TimeProvider clock,
    ILogger<CascadeFinisher> logger
) : BackgroundService
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await database.Ready.WaitAsync(stoppingToken);
        var pause = FirstPause;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (!stoppingToken.IsCancellationRequested && await cascades.FinishNextAsync(stoppingToken)) { }
                pause = FirstPause;
                // A third of the lease: what a dead process left is taken soon after it may be.
                await Task.Delay(options.Lease / 3, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                LogFailed(logger, e, pause.TotalSeconds);
                await Task.Delay(pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                pause = pause * 2 > LongestPause ? LongestPause : pause * 2;
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "An operation could not be finished; again in {Seconds} s")]
    private static partial void LogFailed(ILogger logger, Exception exception, double seconds);
}

/// <summary>Registers what finishes and purges.</summary>
internal static class CascadeWork
{
    internal static void AddCascadeWork(this IHostApplicationBuilder builder)
    {
        builder.Services.AddHostedService<CascadeFinisher>();
        builder.Services.AddSingleton<Jobs.IRecurringJob, FinishCascadesJob>();
        builder.Services.AddSingleton<Jobs.IRecurringJob, PurgeDeletedJob>();
    }
}
