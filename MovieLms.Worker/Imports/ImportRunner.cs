using System.Threading.Channels;
using Microsoft.Extensions.Options;
using MovieLms.Data.Storage;
using MovieLms.ServiceDefaults.Imports;

namespace MovieLms.Worker.Imports;

/// <summary>Calls the processor: when an import is announced, and now and then in case an announcement was lost.</summary>
internal sealed partial class ImportRunner(
    ImportProcessor processor,
    ImportSignals signals,
    DatabaseInitializer database,
    IOptions<ImportOptions> options,
    TimeProvider clock,
    ILogger<ImportRunner> logger) : BackgroundService
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);
    private readonly Channel<bool> _wakeUps = Channel.CreateBounded<bool>(new BoundedChannelOptions(options.Value.Parallel) { FullMode = BoundedChannelFullMode.DropWrite });

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Not before the unique indexes: they are what keeps a row from being stored twice.
        await database.Ready.WaitAsync(stoppingToken);
        await signals.ListenAsync(() => _wakeUps.Writer.TryWrite(true));
        await Task.WhenAll(Enumerable.Range(0, options.Value.Parallel).Select(_ => LoopAsync(stoppingToken)));
    }

    private async Task LoopAsync(CancellationToken stoppingToken)
    {
        var pause = options.Value.Poll;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await processor.RunNextAsync(stoppingToken))
                {
                }
                pause = options.Value.Poll;
                await WakeUpAsync(pause, stoppingToken);
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

    private async Task WakeUpAsync(TimeSpan longest, CancellationToken stoppingToken)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        Task announced = _wakeUps.Reader.WaitToReadAsync(waiting.Token).AsTask();
        await Task.WhenAny(announced, Task.Delay(longest, clock, waiting.Token));
        await waiting.CancelAsync();
        await announced.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _wakeUps.Reader.TryRead(out _);
    }

    [LoggerMessage(LogLevel.Error, "Looking for imports failed; again in {Seconds} s")]
    private static partial void LogFailed(ILogger logger, Exception exception, double seconds);
}
