using Microsoft.AspNetCore.SignalR;
using MovieLms.Realtime.Connections;
using MovieLms.Realtime.Presence;

namespace MovieLms.Realtime.Chat;

/// <summary>Takes this node's connections out of rooms that they may be in no longer.</summary>
internal sealed class RoomExits(OpenConnections connections, Rooms rooms, RoomPresence presence, IHubContext<ChatHub, IChatClient> hub)
{
    private const string AccessLost = "accessLost";

    /// <summary>A user has lost a room.</summary>
    internal Task LostAsync(string room, string userId) => OutAsync(room, connections.Of(userId), AccessLost);

    /// <summary>A room was closed: all are out.</summary>
    internal Task ClosedAsync(string room) => OutAsync(room, connections.All, "closed");

    /// <summary>
    /// Asks the database about everybody in a room: for when Redis was away, and with it the word that somebody has lost one.
    /// </summary>
    internal async Task RecheckAsync(CancellationToken cancellationToken)
    {
        foreach (var connection in connections.All)
        {
            foreach (var room in connection.Rooms)
            {
                var rights = await rooms.RightsAsync(room, connection.Token.User, cancellationToken);
                if (!rights.MayRead)
                    await OutAsync(room, [connection], AccessLost);
            }
        }
    }

    private async Task OutAsync(string room, IEnumerable<OpenConnection> those, string reason)
    {
        foreach (var connection in those)
        {
            if (!connection.Leave(room))
                continue;
            await hub.Groups.RemoveFromGroupAsync(connection.Id, room);
            await presence.LeaveAsync(room, connection);
            await hub.Clients.Client(connection.Id).RoomLeft(new RoomLeft(room, reason));
        }
    }
}
