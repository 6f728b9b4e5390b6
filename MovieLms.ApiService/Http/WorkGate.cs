using MovieLms.ServiceDefaults.Errors;

namespace MovieLms.ApiService.Http;

/// <summary>
/// Runs expensive work of one kind: a few at a time, a bounded number waiting, and 503 with Retry-After for the rest. A request that waits
/// here holds no thread.
/// </summary>
/// <param name="concurrency">How much runs at a time.</param>
/// <param name="maxWaiting">How many requests may wait.</param>
/// <param name="busy">The problem's title when too many wait, as a sentence.</param>
internal abstract class WorkGate(int concurrency, int maxWaiting, string busy) : IDisposable
{
    private readonly SemaphoreSlim _places = new(concurrency);
    private int _waiting;

    /// <summary>Runs work when its turn has come.</summary>
    /// <param name="work">The work.</param>
    /// <param name="cancellationToken">Ends the wait. The work itself decides whether it can be canceled.</param>
    /// <exception cref="BusyException">Too many requests wait.</exception>
    internal async Task<T> RunAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _waiting) > concurrency + maxWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            throw new BusyException(busy);
        }
        try
        {
            await _places.WaitAsync(cancellationToken);
            try
            {
                return await work();
            }
            finally
            {
                _places.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _places.Dispose();
}
