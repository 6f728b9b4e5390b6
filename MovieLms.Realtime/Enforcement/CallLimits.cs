using System.Threading.RateLimiting;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Options;
using MovieLms.Realtime.Connections;
using MovieLms.Realtime.Contracts;
using MovieLms.ServiceDefaults.Access;

namespace MovieLms.Realtime.Enforcement;

/// <summary>
/// Limits the calls of each connection, and those of each user over all connections to this node, before a hub method runs.
/// A connection that keeps calling while its calls are refused is closed.
/// </summary>
internal sealed class CallLimits : IHubFilter, IDisposable
{
    private readonly OpenConnections _connections;
    private readonly ConnectionCloser _closer;
    private readonly int _perConnection;
    private readonly PartitionedRateLimiter<string> _users;

    public CallLimits(OpenConnections connections, ConnectionCloser closer, IOptions<RealtimeOptions> options)
    {
        (_connections, _closer, _perConnection) = (connections, closer, options.Value.CallsPerTenSeconds);
        var seconds = (int)CallBudget.Window.TotalSeconds;
        var perUser = new TokenBucketRateLimiterOptions
        {
            TokenLimit = options.Value.CallsPerUserPerTenSeconds,
            TokensPerPeriod = Math.Max(1, options.Value.CallsPerUserPerTenSeconds / seconds),
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
        };
        // Outlives the user's connections, so reconnecting does not reset the budget. Idle entries are dropped.
        _users = PartitionedRateLimiter.Create<string, string>(userId => RateLimitPartition.GetTokenBucketLimiter(userId, _ => perUser));
    }

    public async ValueTask<object?> InvokeMethodAsync(
        HubInvocationContext invocationContext,
        Func<HubInvocationContext, ValueTask<object?>> next
    )
    {
        var connection = _connections.Get(invocationContext.Context.ConnectionId);
        if (GetRefusal(connection) is { } refusal)
        {
            if (!connection.Refusals.TryTake(out _))
                _ = _closer.CloseAsync(connection, new ConnectionEnd(ConnectionEnd.TooManyCalls, true));
            throw refusal;
        }
        return await next(invocationContext);
    }

    public Task OnConnectedAsync(HubLifetimeContext context, Func<HubLifetimeContext, Task> next) =>
        context.Context.User?.FindFirst(CurrentUser.IdClaim)?.Value is { } userId && GetRefusal(userId) is { } refusal
            ? Task.FromException(refusal)
            : next(context);

    public void Dispose() => _users.Dispose();

    private HubException? GetRefusal(OpenConnection connection) =>
        connection.Calls.TryTake(out var wait)
            ? GetRefusal(connection.Token.UserId)
            : ChatErrors.TooMany($"{_perConnection} calls were made on this connection", wait);

    private HubException? GetRefusal(string userId)
    {
        using var lease = _users.AttemptAcquire(userId);
        if (lease.IsAcquired)
            return null;
        return ChatErrors.TooMany(
            "too many calls were made on all connections",
            lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : TimeSpan.Zero
        );
    }
}
