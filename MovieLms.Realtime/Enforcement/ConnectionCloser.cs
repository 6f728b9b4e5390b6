using Microsoft.AspNetCore.SignalR;
using MovieLms.Realtime.Connections;
using MovieLms.Realtime.Contracts;
using MovieLms.Realtime.Presence;

namespace MovieLms.Realtime.Enforcement;

/// <summary>Closes connections after sending their clients the reason.</summary>
internal sealed partial class ConnectionCloser(
    OpenConnections connections,
    RoomPresence presence,
    IHubClients<IChatClient> clients,
    IGroupManager groups,
    TimeProvider time,
    ILogger<ConnectionCloser> logger
)
{
    /// <summary>How long the client has to receive the reason.</summary>
    private static readonly TimeSpan CloseDelay = TimeSpan.FromMilliseconds(300);

    internal async Task CloseAsync(OpenConnection connection, ConnectionEnd end)
    {
        if (!connection.TryEnd())
            return;
        // From here on every call is refused and no room event is delivered. Only then is the reason sent.
        connections.Remove(connection.Id);
        try
        {
            foreach (var room in connection.Rooms)
                await groups.RemoveFromGroupAsync(connection.Id, room);
            await clients.Client(connection.Id).ConnectionEnding(end);
            foreach (var room in connection.Rooms)
                await presence.LeaveAsync(room, connection);
            await Task.Delay(CloseDelay, time);
        }
        catch (Exception e) when (e is InvalidOperationException or IOException or OperationCanceledException)
        {
            LogFailed(logger, e.GetType().Name);
        }
        finally
        {
            connection.Abort();
        }
    }

    [LoggerMessage(LogLevel.Debug, "A connection was closed without sending its client the reason ({Reason})")]
    private static partial void LogFailed(ILogger logger, string reason);
}
