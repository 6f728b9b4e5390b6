using Microsoft.AspNetCore.SignalR;
using MongoDB.Driver;
using MovieLms.Realtime.Chat;

namespace MovieLms.Realtime.Connections;

/// <summary>A database that is away is said as such; everything else unforeseen is logged by SignalR and told as nothing.</summary>
internal sealed class HubFailures : IHubFilter
{
    public async ValueTask<object?> InvokeMethodAsync(HubInvocationContext invocationContext, Func<HubInvocationContext, ValueTask<object?>> next)
    {
        try
        {
            return await next(invocationContext);
        }
        catch (Exception e) when (e is MongoConnectionException or MongoConnectionPoolPausedException or MongoNotPrimaryException or TimeoutException)
        {
            throw ChatErrors.Unavailable();
        }
    }
}
