using Microsoft.AspNetCore.SignalR;
using MovieLms.ServiceDefaults.Telemetry;

namespace MovieLms.Realtime.Connections;

/// <summary>Adds the connection's ID and the caller's ID to log lines of hub calls. Used only when telemetry is on.</summary>
internal sealed class HubScopes(ILogger<HubScopes> logger) : IHubFilter
{
    public async ValueTask<object?> InvokeMethodAsync(
        HubInvocationContext invocationContext,
        Func<HubInvocationContext, ValueTask<object?>> next
    )
    {
        using var connection = logger.BeginIdScope("ConnectionId", invocationContext.Context.ConnectionId);
        using var user = logger.BeginUserScope(invocationContext.Context.User);
        return await next(invocationContext);
    }

    public async Task OnConnectedAsync(HubLifetimeContext context, Func<HubLifetimeContext, Task> next)
    {
        using var connection = logger.BeginIdScope("ConnectionId", context.Context.ConnectionId);
        using var user = logger.BeginUserScope(context.Context.User);
        await next(context);
    }

    public async Task OnDisconnectedAsync(HubLifetimeContext context, Exception? exception, Func<HubLifetimeContext, Exception?, Task> next)
    {
        using var connection = logger.BeginIdScope("ConnectionId", context.Context.ConnectionId);
        using var user = logger.BeginUserScope(context.Context.User);
        await next(context, exception);
    }
}
