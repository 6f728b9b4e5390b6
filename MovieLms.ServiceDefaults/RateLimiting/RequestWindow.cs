using System.Threading.RateLimiting;

namespace MovieLms.ServiceDefaults.RateLimiting;

/// <summary>
/// One caller's requests in a sliding window, estimated from two fixed ones: all of the current, and of the one before the share
/// that the sliding window still covers. What other replicas counted is added by <see cref="SharedWindows"/>, a moment late.
/// </summary>
internal sealed class RequestWindow(int permits, TimeSpan span, TimeProvider time, Action<RequestWindow> closed) : RateLimiter
{
    private static readonly RateLimitLease Granted = new Lease(null);
    private readonly Lock _lock = new();
    private long _index = Index(time.GetUtcNow(), span);
    private long _own;
    private long _reported;
    private long _elsewhere;
    private long _before;
    private long _granted;
    private long _refused;
    private DateTimeOffset _usedAt = time.GetUtcNow();

    /// <inheritdoc/>
    public override TimeSpan? IdleDuration
    {
        get
        {
            lock (_lock)
            {
                var idle = time.GetUtcNow() - _usedAt;
                return idle < 2 * span ? null : idle;
            }
        }
    }

    /// <summary>The current fixed window, and what was counted in it here since the last report.</summary>
    internal (long Index, long Unreported) Report()
    {
        lock (_lock)
        {
            Turn(time.GetUtcNow());
            var unreported = _own - _reported;
            _reported = _own;
            return (_index, unreported);
        }
    }

    /// <summary>Takes in what all replicas together counted, this one's reports included.</summary>
    internal void Learn(long index, long total)
    {
        lock (_lock) if (index == _index) _elsewhere = Math.Max(0, total - _reported);
    }

    /// <inheritdoc/>
    public override RateLimiterStatistics GetStatistics()
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            Turn(now);
            return new RateLimiterStatistics
            {
                CurrentAvailablePermits = Math.Max(0, permits - (long)Counted(now)),
                TotalSuccessfulLeases = _granted,
                TotalFailedLeases = _refused,
            };
        }
    }

    /// <inheritdoc/>
    protected override RateLimitLease AttemptAcquireCore(int permitCount)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            Turn(now);
            _usedAt = now;
            if (Counted(now) + permitCount > permits)
            {
                _refused++;
                return new Lease(Wait(now, permitCount));
            }
            _own += permitCount;
            _granted++;
            return Granted;
        }
    }

    /// <inheritdoc/>
    /// <remarks>Nobody waits for a permit: the caller is told when to come back.</remarks>
    protected override ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken) => new(AttemptAcquireCore(permitCount));

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) closed(this);
    }

    private void Turn(DateTimeOffset now)
    {
        var index = Index(now, span);
        if (index <= _index) return;
        _before = index == _index + 1 ? _own + _elsewhere : 0;
        (_index, _own, _reported, _elsewhere) = (index, 0, 0, 0);
    }

    private double Counted(DateTimeOffset now) => _own + _elsewhere + _before * (1 - Passed(now));

    /// <summary>How long until that many permits are free, when nothing else is asked for meanwhile.</summary>
    private TimeSpan Wait(DateTimeOffset now, int permitCount)
    {
        var (passed, room, current) = (Passed(now), Math.Max(0, permits - permitCount), _own + _elsewhere);
        return current <= room
            ? span * Math.Max(0, 1 - (double)(room - current) / _before - passed)
            : span * (1 - passed + 1 - (double)room / current);
    }

    private double Passed(DateTimeOffset now) => now.UtcTicks % span.Ticks / (double)span.Ticks;

    private static long Index(DateTimeOffset now, TimeSpan span) => now.UtcTicks / span.Ticks;

    private sealed class Lease(TimeSpan? retryAfter) : RateLimitLease
    {
        public override bool IsAcquired => retryAfter is null;

        public override IEnumerable<string> MetadataNames => retryAfter is null ? [] : [MetadataName.RetryAfter.Name];

        public override bool TryGetMetadata(string metadataName, out object? metadata)
        {
            metadata = metadataName == MetadataName.RetryAfter.Name ? retryAfter : null;
            return metadata is not null;
        }
    }
}
