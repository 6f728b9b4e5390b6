using System.Threading.Channels;
using Microsoft.Extensions.Options;
using MovieLms.Application.Imports;

namespace MovieLms.Worker.Imports;

/// <summary>
/// Passes Hangfire's word that imports wait to this process' loops; a loop that is busy needs none, it looks again anyway.
/// </summary>
internal sealed class ImportWakeUps(IOptions<ImportOptions> options, TimeProvider clock) : IImportWakeUp
{
    private readonly Channel<bool> _waiting = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(options.Value.Parallel) { FullMode = BoundedChannelFullMode.DropWrite }
    );

    public void WakeUp() => _waiting.Writer.TryWrite(true);

    /// <summary>Ends when imports are said to wait, or when it is time to look all the same.</summary>
    internal async Task WaitAsync(TimeSpan longest, CancellationToken stoppingToken)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        Task announced = _waiting.Reader.WaitToReadAsync(waiting.Token).AsTask();
        await Task.WhenAny(announced, Task.Delay(longest, clock, waiting.Token));
        await waiting.CancelAsync();
        await announced.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _waiting.Reader.TryRead(out _);
    }
}
