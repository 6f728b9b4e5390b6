using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MongoDB.Driver;
using MovieLms.Data;

namespace MovieLms.Application.Work;

/// <summary>
/// Processes a queue until no document is due, then polls again at a wake-up or after the queue's interval. After an error it backs off
/// exponentially, up to <see cref="MaxDelay"/>. Stopping the host cancels the work in progress.
/// </summary>
internal sealed partial class PollingService<TQueue>(
    TQueue queue,
    WakeUps wakeUps,
    DatabaseInitializer database,
    TimeProvider time,
    ILogger<PollingService<TQueue>> logger
) : BackgroundService
    where TQueue : IWorkQueue
{
    private static readonly TimeSpan MinDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan SubscribeInterval = TimeSpan.FromSeconds(1);

    /// <summary>Full while all loops are busy: further wake-ups are dropped, because a busy loop polls again anyway.</summary>
    private readonly Channel<bool> _woken = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(queue.Parallelism) { FullMode = BoundedChannelFullMode.DropWrite }
    );

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Wait for the unique indexes, which prevent duplicate rows.
        await database.Ready.WaitAsync(stoppingToken);
        var loops = Enumerable.Range(0, queue.Parallelism).Select(_ => WorkAsync(stoppingToken));
        await Task.WhenAll(loops.Append(SubscribeAsync(stoppingToken)));
    }

    private async Task SubscribeAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested && !await wakeUps.TrySubscribeAsync(queue.Name, WakeUp))
            await Task.Delay(SubscribeInterval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        void WakeUp() => _woken.Writer.TryWrite(true);
    }

    private async Task WorkAsync(CancellationToken stoppingToken)
    {
        var delay = MinDelay;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await queue.RunNextAsync(stoppingToken))
                    delay = MinDelay;
                delay = MinDelay;
                await WaitAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                if (e is MongoException or TimeoutException)
                    LogUnavailable(logger, queue.Name, e.GetType().Name, delay.TotalSeconds);
                else
                    LogFailed(logger, e, queue.Name, delay.TotalSeconds);
                await Task.Delay(delay, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                delay = delay * 2 > MaxDelay ? MaxDelay : delay * 2;
            }
        }
    }

    private async Task WaitAsync(CancellationToken stoppingToken)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        Task woken = _woken.Reader.WaitToReadAsync(waiting.Token).AsTask();
        await Task.WhenAny(woken, Task.Delay(queue.Interval, time, waiting.Token));
        await waiting.CancelAsync();
        await woken.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _woken.Reader.TryRead(out _);
    }

    [LoggerMessage(LogLevel.Warning, "The queue {Queue} cannot be read ({Reason}); retrying in {Seconds} s")]
    private static partial void LogUnavailable(ILogger logger, string queue, string reason, double seconds);

    [LoggerMessage(LogLevel.Error, "Processing the queue {Queue} failed; retrying in {Seconds} s")]
    private static partial void LogFailed(ILogger logger, Exception exception, string queue, double seconds);
}
