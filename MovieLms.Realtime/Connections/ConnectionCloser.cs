using Microsoft.AspNetCore.SignalR;
using MovieLms.Realtime.Chat;
using MovieLms.Realtime.Presence;

namespace MovieLms.Realtime.Connections;

/// <summary>Closes connections after telling their clients why.</summary>
internal sealed partial class ConnectionCloser(
    OpenConnections connections,
    RoomPresence presence,
    IHubContext<ChatHub, IChatClient> hub,
    TimeProvider time,
    ILogger<ConnectionCloser> logger
)
{
    /// <summary>How long a client has to read the reason.</summary>
    private static readonly TimeSpan Notice = TimeSpan.FromMilliseconds(300);

    internal async Task CloseAsync(OpenConnection connection, ConnectionEnd end)
    {
        if (!connection.TryEnd())
            return;
        // From here on every call is refused and no room is heard. Only then does the client learn why.
        connections.Remove(connection.Id);
        try
        {
            foreach (var room in connection.Rooms)
                await hub.Groups.RemoveFromGroupAsync(connection.Id, room);
            await hub.Clients.Client(connection.Id).ConnectionEnding(end);
            foreach (var room in connection.Rooms)
                await presence.LeaveAsync(room, connection);
            await Task.Delay(Notice, time);
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

    [LoggerMessage(LogLevel.Debug, "A connection was closed whose client could not be told why ({Reason})")]
    private static partial void LogFailed(ILogger logger, string reason);
}
