using System.Threading.RateLimiting;
using MovieLms.ApiService.Http;
using MovieLms.ServiceDefaults.Errors;

namespace MovieLms.ApiService.Exports;

/// <summary>
/// Limits how many exports run at a time: in all, without a sign-in, and for each caller. Callers who read slowly, even from many
/// addresses, therefore do not keep signed-in users from exporting.
/// </summary>
internal sealed class ExportGate() : WorkGate(MaxConcurrent, MaxWaiting, Busy)
{
    internal const int MaxConcurrent = 8;
    internal const int MaxWaiting = 32;
    internal const int MaxAnonymous = 4;
    internal const int MaxPerCaller = 2;

    private const string Busy = "Too many exports are running.";

    private readonly PartitionedRateLimiter<string> _callers = PartitionedRateLimiter.Create<string, string>(caller =>
        RateLimitPartition.GetConcurrencyLimiter(caller, _ => Options(MaxPerCaller))
    );
    private readonly ConcurrencyLimiter _anonymous = new(Options(MaxAnonymous));

    /// <summary>Runs an export when a slot is free.</summary>
    /// <param name="userId">The user; null for an anonymous request.</param>
    /// <param name="address">The client's address.</param>
    /// <param name="export">Writes the export.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="BusyException">
    /// The caller, or all anonymous callers together, have as many exports running as they may have, or the queue is full.
    /// </exception>
    internal async Task<T> RunAsync<T>(string? userId, string address, Func<Task<T>> export, CancellationToken cancellationToken)
    {
        using var own = _callers.AttemptAcquire(userId ?? address);
        if (!own.IsAcquired)
            throw new BusyException("Too many of your exports are running.");
        using var anonymous = userId is null ? _anonymous.AttemptAcquire() : null;
        if (anonymous is { IsAcquired: false })
            throw new BusyException("Too many exports are running. Signed-in users can still export.");
        return await RunAsync(export, cancellationToken);
    }

    private static ConcurrencyLimiterOptions Options(int permits) => new() { PermitLimit = permits, QueueLimit = 0 };
}
