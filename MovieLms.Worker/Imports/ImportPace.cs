namespace MovieLms.Worker.Imports;

/// <summary>
/// Throttles an import while other work needs the database or the machine. Batches that take clearly longer than the fastest recent ones
/// have waited for other work; the import then pauses for longer than they waited. Like LEDBAT (RFC 6817), it measures the delay over a
/// base delay that adapts over time. Durations vary by half even on an idle machine, so it compares their moving average with the fastest
/// tenth instead of the fastest batch.
/// </summary>
internal sealed class ImportPace
{
    /// <summary>The weight of the latest batch in the moving average, as TCP weighs its latest round trip (RFC 6298).</summary>
    private const double Weight = 1.0 / 8;

    /// <summary>An average of up to this multiple of the base is normal variation.</summary>
    private const double Tolerance = 1.6;

    /// <summary>The delay as a multiple of the time waited.</summary>
    private const double DelayFactor = 2;

    private const int WindowSize = 256;
    private static readonly TimeSpan MaxDelay = TimeSpan.FromMilliseconds(500);

    private readonly double[] _latest = new double[WindowSize];
    private readonly double[] _sorted = new double[WindowSize];
    private long _batches;
    private double _average;

    /// <summary>Records a batch and returns the delay before the next one; zero if the import does not hold up other work.</summary>
    /// <param name="duration">The time from sending the batch until it was counted.</param>
    internal TimeSpan GetDelay(TimeSpan duration)
    {
        _latest[_batches++ % WindowSize] = duration.TotalMilliseconds;
        // A plain mean at first: the first batches are slow and would otherwise dominate the average.
        _average += (duration.TotalMilliseconds - _average) * Math.Max(Weight, 1.0 / _batches);
        if (_batches < 1 / Weight)
            return TimeSpan.Zero;
        var waited = _average - (GetFastestTenth() * Tolerance);
        return waited <= 0 ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Math.Min(waited * DelayFactor, MaxDelay.TotalMilliseconds));
    }

    private double GetFastestTenth()
    {
        var count = (int)Math.Min(_batches, WindowSize);
        var sorted = _sorted.AsSpan(0, count);
        _latest.AsSpan(0, count).CopyTo(sorted);
        sorted.Sort();
        return sorted[count / 10];
    }
}
