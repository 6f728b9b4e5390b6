using MovieLms.ServiceDefaults.Errors;

namespace MovieLms.ApiService.Http;

/// <summary>
/// Runs expensive work of one kind with limited concurrency and a bounded queue. Requests beyond the queue get 503 with Retry-After. A
/// waiting request blocks no thread.
/// </summary>
/// <param name="concurrency">The number of concurrent executions.</param>
/// <param name="maxWaiting">The number of requests that may wait.</param>
/// <param name="busy">The problem's title when the queue is full, as a sentence.</param>
internal abstract class WorkGate(int concurrency, int maxWaiting, string busy) : IDisposable
{
    private readonly SemaphoreSlim _slots = new(concurrency);
    private int _waiting;

    /// <summary>Runs the work when a slot is free. Cancellation ends the wait; the work itself may ignore it.</summary>
    /// <exception cref="BusyException">The queue is full.</exception>
    internal async Task<T> RunAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _waiting) > concurrency + maxWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            throw new BusyException(busy);
        }
        try
        {
            await _slots.WaitAsync(cancellationToken);
            try
            {
                return await work();
            }
            finally
            {
                _slots.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    public void Dispose() => _slots.Dispose();
}
