using Microsoft.Extensions.Options;
using MovieLms.Data;

namespace MovieLms.Worker.Imports;

/// <summary>Calls the processor: when Hangfire wakes this process, and now and then in case a wake-up was lost.</summary>
internal sealed partial class ImportRunner(
    ImportProcessor processor,
    ImportWakeUps wakeUps,
    DatabaseInitializer database,
    IOptions<ImportOptions> options,
    TimeProvider clock,
    ILogger<ImportRunner> logger
) : BackgroundService
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Not before the unique indexes: they are what keeps a row from being stored twice.
        await database.Ready.WaitAsync(stoppingToken);
        await Task.WhenAll(Enumerable.Range(0, options.Value.Parallel).Select(_ => LoopAsync(stoppingToken)));
    }

    private async Task LoopAsync(CancellationToken stoppingToken)
    {
        var pause = options.Value.Poll;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await processor.RunNextAsync(stoppingToken)) { }
                pause = options.Value.Poll;
                await wakeUps.WaitAsync(pause, stoppingToken);
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

    [LoggerMessage(LogLevel.Error, "Looking for imports failed; again in {Seconds} s")]
    private static partial void LogFailed(ILogger logger, Exception exception, double seconds);
}
