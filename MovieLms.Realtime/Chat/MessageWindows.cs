using System.Threading.RateLimiting;
using MovieLms.Realtime.Contracts;

namespace MovieLms.Realtime.Chat;

/// <summary>
/// Limits how many messages a user sends on this node: <c>RateLimits:ChatMessages:Permits</c> per <c>:Seconds</c>.
/// </summary>
internal sealed class MessageWindows : IDisposable
{
    internal const int DefaultPermits = 20;
    internal const int DefaultSeconds = 10;
    private const int Segments = 10;
    private readonly PartitionedRateLimiter<string> _limiter;
    private readonly int _permits;
    private readonly TimeSpan _window;

    public MessageWindows(IConfiguration configuration)
    {
        _permits = configuration.GetValue("RateLimits:ChatMessages:Permits", DefaultPermits);
        _window = TimeSpan.FromSeconds(configuration.GetValue("RateLimits:ChatMessages:Seconds", (double)DefaultSeconds));
        Func<string, SlidingWindowRateLimiterOptions> limiter = _ =>
            new()
            {
                PermitLimit = _permits,
                Window = _window,
                SegmentsPerWindow = Segments,
                QueueLimit = 0,
            };
        _limiter = PartitionedRateLimiter.Create<string, string>(
            userId => RateLimitPartition.GetSlidingWindowLimiter(userId, limiter),
            StringComparer.Ordinal
        );
    }

    /// <summary>Counts a message against the user's limit.</summary>
    /// <exception cref="Microsoft.AspNetCore.SignalR.HubException">The user has sent too many messages.</exception>
    internal void Take(string userId)
    {
        using var lease = _limiter.AttemptAcquire(userId);
        if (lease.IsAcquired)
            return;
        throw ChatErrors.TooMany(
            $"{_permits} messages were sent",
            lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : _window
        );
    }

    public void Dispose() => _limiter.Dispose();
}
