using System.Threading.RateLimiting;
using MovieLms.ApiService.Http;
using MovieLms.ServiceDefaults.Errors;

namespace MovieLms.ApiService.Exports;

/// <summary>
/// Limits how many exports run at a time, in all and for each caller, so that a few callers who read slowly do not keep all others from
/// exporting.
/// </summary>
internal sealed class ExportGate() : WorkGate(MaxConcurrent, MaxWaiting, Busy)
{
    internal const int MaxConcurrent = 8;
    internal const int MaxWaiting = 32;
    internal const int MaxPerCaller = 2;

    private const string Busy = "Too many exports are running.";

    private readonly PartitionedRateLimiter<string> _callers = PartitionedRateLimiter.Create<string, string>(caller =>
        RateLimitPartition.GetConcurrencyLimiter(caller, _ => new ConcurrencyLimiterOptions { PermitLimit = MaxPerCaller, QueueLimit = 0 })
    );

    /// <summary>Runs an export when a slot is free.</summary>
    /// <param name="caller">The user or, for an anonymous request, the address.</param>
    /// <param name="export">Writes the export.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="BusyException">The caller has as many exports running as a caller may have, or the queue is full.</exception>
    internal async Task<T> RunAsync<T>(string caller, Func<Task<T>> export, CancellationToken cancellationToken)
    {
        using var lease = _callers.AttemptAcquire(caller);
        if (!lease.IsAcquired)
            throw new BusyException("Too many of your exports are running.");
        return await RunAsync(export, cancellationToken);
    }
}
