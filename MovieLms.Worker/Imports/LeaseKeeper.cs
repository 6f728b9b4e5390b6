using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Imports;

namespace MovieLms.Worker.Imports;

/// <summary>Renews the lease while an import is processed, and cancels the work when the lease is lost.</summary>
internal sealed class LeaseKeeper : IAsyncDisposable
{
    private readonly CancellationTokenSource _lost;
    private readonly CancellationTokenSource _done = new();
    private readonly Task _renewing;
    private bool _isCancelRequested;

    internal LeaseKeeper(
        ImportQueue queue,
        ObjectId import,
        string worker,
        TimeSpan duration,
        TimeProvider clock,
        CancellationToken stopping
    )
    {
        _lost = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        _renewing = RenewAsync(queue, import, worker, duration, clock);
    }

    /// <summary>Canceled when the lease is lost or the host stops.</summary>
    internal CancellationToken Token => _lost.Token;

    /// <summary>True if another worker may have claimed the import.</summary>
    internal bool IsLost { get; private set; }

    /// <summary>True if cancellation of the import was requested, as of the last heartbeat.</summary>
    internal bool IsCancelRequested => Volatile.Read(ref _isCancelRequested);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _done.CancelAsync();
        await _renewing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _lost.Dispose();
        _done.Dispose();
    }

    private async Task RenewAsync(ImportQueue queue, ObjectId import, string worker, TimeSpan duration, TimeProvider clock)
    {
        using var timer = new PeriodicTimer(duration / 3, clock);
        var expires = clock.GetUtcNow() + duration;
        while (await timer.WaitForNextTickAsync(_done.Token))
        {
            try
            {
                var sentAt = clock.GetUtcNow();
                if (await queue.HeartbeatAsync(import, worker, duration, _done.Token) is not { } renewed)
                    break;
                if (renewed.CancelRequestedAt is not null)
                    Volatile.Write(ref _isCancelRequested, true);
                expires = sentAt + duration;
            }
            catch (Exception e) when (e is MongoException or TimeoutException && clock.GetUtcNow() < expires)
            {
                // The database may recover before the lease expires.
            }
            catch (Exception e) when (e is MongoException or TimeoutException)
            {
                break;
            }
        }
        IsLost = true;
        await _lost.CancelAsync();
    }
}
