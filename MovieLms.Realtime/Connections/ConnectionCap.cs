using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Options;
using MovieLms.Realtime.Contracts;
using MovieLms.ServiceDefaults.Access;

namespace MovieLms.Realtime.Connections;

/// <summary>
/// Limits a user's connections before the hub's handshake; <see cref="OpenConnections"/> counts them only after it. The limit is
/// twice <see cref="RealtimeOptions.ConnectionsPerUser"/>, so a client slightly over its limit still receives an error message.
/// </summary>
internal sealed class ConnectionCap : IDisposable
{
    private readonly PartitionedRateLimiter<string> _users;

    public ConnectionCap(IOptions<RealtimeOptions> options)
    {
        var perUser = new ConcurrencyLimiterOptions { PermitLimit = options.Value.ConnectionsPerUser * 2 };
        _users = PartitionedRateLimiter.Create<string, string>(userId => RateLimitPartition.GetConcurrencyLimiter(userId, _ => perUser));
    }

    internal void Use(IConnectionBuilder connections) =>
        connections.Use(next =>
            async connection =>
            {
                var userId = connection.Features.Get<IConnectionUserFeature>()?.User?.FindFirst(CurrentUser.IdClaim)?.Value ?? string.Empty;
                using var lease = _users.AttemptAcquire(userId);
                if (lease.IsAcquired)
                    await next(connection);
                else
                    connection.Abort(new ConnectionAbortedException("The user has too many connections."));
            }
        );

    public void Dispose() => _users.Dispose();
}
