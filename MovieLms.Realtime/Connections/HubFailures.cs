using Microsoft.AspNetCore.SignalR;
using MongoDB.Driver;
using MovieLms.Realtime.Contracts;

namespace MovieLms.Realtime.Connections;

/// <summary>
/// Reports an unavailable database to the client. Other failures are logged, and their details are hidden from the client. A refused
/// call is one line at the level Debug. SignalR's own log of failed calls is off by default: it logs every refused call as an error with
/// a stack trace, so a client could flood the log.
/// </summary>
internal sealed partial class HubFailures(ILogger<HubFailures> logger) : IHubFilter
{
    public async ValueTask<object?> InvokeMethodAsync(
        HubInvocationContext invocationContext,
        Func<HubInvocationContext, ValueTask<object?>> next
    )
    {
        try
        {
            return await next(invocationContext);
        }
        catch (Exception e) when (IsOutage(e))
        {
            throw ChatErrors.Unavailable();
        }
        catch (HubException e)
        {
            LogCallRefused(logger, invocationContext.HubMethodName, e.Message);
            throw;
        }
        catch (Exception e) when (IsUnexpected(e, invocationContext.Context))
        {
            LogCallFailed(logger, e, invocationContext.HubMethodName);
            throw;
        }
    }

    public async Task OnConnectedAsync(HubLifetimeContext context, Func<HubLifetimeContext, Task> next)
    {
        try
        {
            await next(context);
        }
        catch (Exception e) when (IsOutage(e))
        {
            throw ChatErrors.Unavailable();
        }
        catch (Exception e) when (IsUnexpected(e, context.Context))
        {
            LogConnectionFailed(logger, e);
            throw;
        }
    }

    public async Task OnDisconnectedAsync(HubLifetimeContext context, Exception? exception, Func<HubLifetimeContext, Exception?, Task> next)
    {
        try
        {
            await next(context, exception);
        }
        catch (Exception e) when (IsUnexpected(e, context.Context))
        {
            LogConnectionFailed(logger, e);
            throw;
        }
    }

    private static bool IsOutage(Exception e) =>
        e is MongoConnectionException or MongoConnectionPoolPausedException or MongoNotPrimaryException or TimeoutException;

    private static bool IsUnexpected(Exception e, HubCallerContext caller) =>
        e is not HubException && !(e is OperationCanceledException && caller.ConnectionAborted.IsCancellationRequested);

    [LoggerMessage(LogLevel.Debug, "A call of the hub method {Method} was refused: {Error}")]
    private static partial void LogCallRefused(ILogger logger, string method, string error);

    [LoggerMessage(LogLevel.Error, "The hub method {Method} failed")]
    private static partial void LogCallFailed(ILogger logger, Exception exception, string method);

    [LoggerMessage(LogLevel.Error, "Opening or closing a hub connection failed")]
    private static partial void LogConnectionFailed(ILogger logger, Exception exception);
}
