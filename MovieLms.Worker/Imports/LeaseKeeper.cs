using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Imports;

namespace MovieLms.Worker.Imports;

/// <summary>Renews the lease while an import is processed, and stops the work when another worker may hold it.</summary>
internal sealed class LeaseKeeper : IAsyncDisposable
{
    private readonly CancellationTokenSource _held;
    private readonly CancellationTokenSource _done = new();
    private readonly Task _keeping;
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
        _held = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        _keeping = KeepAsync(queue, import, worker, duration, clock);
    }

    /// <summary>Cancelled when the lease is lost or the process stops.</summary>
    internal CancellationToken Held => _held.Token;

    /// <summary>True when another worker may have taken over.</summary>
    internal bool IsLost { get; private set; }

    /// <summary>True when cancellation of the import was requested, as of the last heartbeat.</summary>
    internal bool IsCancelRequested => Volatile.Read(ref _isCancelRequested);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _done.CancelAsync();
        await _keeping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _held.Dispose();
        _done.Dispose();
    }

    private async Task KeepAsync(ImportQueue queue, ObjectId import, string worker, TimeSpan duration, TimeProvider clock)
    {
        using var timer = new PeriodicTimer(duration / 3, clock);
        var expires = clock.GetUtcNow() + duration;
        while (await timer.WaitForNextTickAsync(_done.Token))
        {
            try
            {
                var asked = clock.GetUtcNow();
                if (await queue.HeartbeatAsync(import, worker, duration, _done.Token) is not { } held)
                    break;
                if (held.CancelRequestedAt is not null)
                    Volatile.Write(ref _isCancelRequested, true);
                expires = asked + duration;
            }
            catch (Exception e) when (e is MongoException or TimeoutException && clock.GetUtcNow() < expires)
            {
                // The database may be back before the lease runs out.
            }
            catch (Exception e) when (e is MongoException or TimeoutException)
            {
                break;
            }
        }
        IsLost = true;
        await _held.CancelAsync();
    }
}
