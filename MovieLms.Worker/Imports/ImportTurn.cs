using MovieLms.Data.Imports;

namespace MovieLms.Worker.Imports;

/// <summary>How an attempt at an import ended.</summary>
internal enum RunOutcome
{
    /// <summary>Every row was stored or reported.</summary>
    Completed,

    /// <summary>It was canceled; what is counted is what is stored.</summary>
    Canceled,

    /// <summary>It gave up its place to an import of another user and goes on later, after the last counted row.</summary>
    Yielded,
}

/// <summary>Another worker may hold the import.</summary>
internal sealed class LeaseLostException() : Exception("The lease was lost.");

/// <summary>
/// Decides between two batches whether an import goes on: not after its cancellation, nor for long while other users wait.
/// </summary>
internal sealed class ImportTurn(ImportTurns turns, LeaseKeeper lease, TimeSpan slice, TimeProvider clock)
{
    /// <summary>How often to look for waiting imports once the time slice is over.</summary>
    private readonly TimeSpan _lookEvery = slice < TimeSpan.FromSeconds(1) ? slice : TimeSpan.FromSeconds(1);
    private long _since = clock.GetTimestamp();
    private TimeSpan _wait = slice;

    /// <summary>Returns how the attempt ends now; null when it goes on.</summary>
    internal async Task<RunOutcome?> EndAsync(CancellationToken cancellationToken)
    {
        if (lease.IsCancelRequested)
            return RunOutcome.Canceled;
        if (clock.GetElapsedTime(_since) < _wait)
            return null;
        if (await turns.OthersWaitAsync(cancellationToken))
            return RunOutcome.Yielded;
        (_since, _wait) = (clock.GetTimestamp(), _lookEvery);
        return null;
    }
}
