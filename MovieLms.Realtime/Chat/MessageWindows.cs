using System.Threading.RateLimiting;
using MovieLms.ServiceDefaults.RateLimiting;
using MovieLms.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace MovieLms.Realtime.Chat;

/// <summary>How much one user may write, on all nodes together: <c>RateLimits:ChatMessages:Permits</c> in <c>:Seconds</c>.</summary>
internal sealed class MessageWindows : SharedWindows
{
    private readonly PartitionedRateLimiter<string> _limiter;

    public MessageWindows(IConnectionMultiplexer redis, RedisNames names, IConfiguration configuration, TimeProvider time, ILogger<MessageWindows> logger)
        : base(
            "chat-messages", configuration.GetValue("RateLimits:ChatMessages:Permits", 20),
            TimeSpan.FromSeconds(configuration.GetValue("RateLimits:ChatMessages:Seconds", 10.0)), redis, names, time, logger) =>
        _limiter = PartitionedRateLimiter.Create<string, string>(For);

    /// <summary>Counts a message.</summary>
    /// <exception cref="Microsoft.AspNetCore.SignalR.HubException">The user has written too much.</exception>
    internal void Take(string userId)
    {
        using var lease = _limiter.AttemptAcquire(userId);
        if (lease.IsAcquired) return;
        throw ChatErrors.TooMany($"{Permits} messages were sent", lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : Span);
    }

    public override void Dispose()
    {
        _limiter.Dispose();
        base.Dispose();
    }
}
