using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Imports;

namespace MovieLms.Worker.Imports;

/// <summary>Says "still here" while an import is worked on, and stops the work when it is no longer ours.</summary>
internal sealed class LeaseKeeper : IAsyncDisposable
{
    private readonly CancellationTokenSource _held;
    private readonly CancellationTokenSource _done = new();
    private readonly Task _keeping;

    internal LeaseKeeper(ImportQueue queue, ObjectId import, string worker, TimeSpan duration, TimeProvider clock, CancellationToken stopping)
    {
        _held = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        _keeping = KeepAsync(queue, import, worker, duration, clock);
    }

    /// <summary>Cancelled when the lease is lost or the process stops.</summary>
    internal CancellationToken Held => _held.Token;

    /// <summary>True when another worker may have taken over.</summary>
    internal bool IsLost { get; private set; }

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
                if (!await queue.HeartbeatAsync(import, worker, duration, _done.Token)) break;
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
