namespace MovieLms.Worker.Imports;

/// <summary>
/// Holds an import back while others want the database or the machine, so that it lives on what they leave. Batches that take longer
/// than the quickest of late have waited behind somebody; the import then rests for longer than they waited. The sign is that of
/// LEDBAT (RFC 6817): delay over a base delay, the base forgotten after a while. Single batches vary by half even when nobody else
/// is there, so it goes by their moving average, and by the quickest tenth instead of the quickest one.
/// </summary>
internal sealed class ImportPace
{
    /// <summary>Weight of the newest batch, as TCP weighs its newest round trip (RFC 6298).</summary>
    private const double Weight = 1.0 / 8;

    /// <summary>An average this many times the base is still taken for chance.</summary>
    private const double Tolerance = 1.6;

    /// <summary>How long to rest, in times of what was waited.</summary>
    private const double Courtesy = 2;

    private const int Remembered = 256;
    private static readonly TimeSpan MaxRest = TimeSpan.FromMilliseconds(500);

    private readonly double[] _latest = new double[Remembered];
    private readonly double[] _sorted = new double[Remembered];
    private long _batches;
    private double _average;

    /// <summary>Notes a batch.</summary>
    /// <param name="took">From its sending until it was counted.</param>
    /// <returns>How long to wait before the next; zero when nobody seems to be hindered.</returns>
    internal TimeSpan RestAfter(TimeSpan took)
    {
        _latest[_batches++ % Remembered] = took.TotalMilliseconds;
        // A plain mean at first: the first batches are slow, and would weigh for long.
        _average += (took.TotalMilliseconds - _average) * Math.Max(Weight, 1.0 / _batches);
        if (_batches < 1 / Weight)
            return TimeSpan.Zero;
        var waited = _average - (QuickestTenth() * Tolerance);
        return waited <= 0 ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Math.Min(waited * Courtesy, MaxRest.TotalMilliseconds));
    }

    private double QuickestTenth()
    {
        var count = (int)Math.Min(_batches, Remembered);
        var sorted = _sorted.AsSpan(0, count);
        _latest.AsSpan(0, count).CopyTo(sorted);
        sorted.Sort();
        return sorted[count / 10];
    }
}
