using MovieLms.Data.Imports;

namespace MovieLms.Worker.Imports;

/// <summary>The outcome of an attempt at an import.</summary>
internal enum RunOutcome
{
    /// <summary>Every row was stored or rejected.</summary>
    Completed,

    /// <summary>The import was canceled. All stored rows are counted.</summary>
    Canceled,

    /// <summary>The import yielded to another user's import. It continues later, after the last counted row.</summary>
    Yielded,
}

/// <summary>Another worker may have claimed the import.</summary>
internal sealed class LeaseLostException() : Exception("The lease was lost.");

/// <summary>
/// Decides between two batches whether an import continues. It stops when it is canceled, and yields when its time slice is over and other
/// users are waiting.
/// </summary>
internal sealed class ImportTurn(ImportTurns turns, LeaseKeeper lease, TimeSpan slice, TimeProvider clock)
{
    /// <summary>The interval of checks for waiting imports after the time slice is over.</summary>
    private readonly TimeSpan _checkInterval = slice < TimeSpan.FromSeconds(1) ? slice : TimeSpan.FromSeconds(1);
    private long _since = clock.GetTimestamp();
    private TimeSpan _wait = slice;

    /// <summary>Returns the outcome if the attempt must stop now; null if it continues.</summary>
    internal async Task<RunOutcome?> CheckAsync(CancellationToken cancellationToken)
    {
        if (lease.IsCancelRequested)
            return RunOutcome.Canceled;
        if (clock.GetElapsedTime(_since) < _wait)
            return null;
        if (await turns.AreOthersWaitingAsync(cancellationToken))
            return RunOutcome.Yielded;
        (_since, _wait) = (clock.GetTimestamp(), _checkInterval);
        return null;
    }
}
