using Microsoft.AspNetCore.SignalR;
using MongoDB.Driver;
using MovieLms.Realtime.Connections;
using MovieLms.Realtime.Contracts;
using MovieLms.Realtime.Presence;

namespace MovieLms.Realtime.Chat;

/// <summary>Takes this node's connections out of rooms that they may be in no longer.</summary>
internal sealed class RoomExits(
    OpenConnections connections,
    Rooms rooms,
    RoomPresence presence,
    IHubClients<IChatClient> clients,
    IGroupManager groups
)
{
    private const string AccessLost = "accessLost";

    /// <summary>Removes a user's connections from a room, except those that may still read it.</summary>
    internal async Task LostAsync(string room, string userId)
    {
        try
        {
            await RecheckAsync(room, connections.Of(userId), CancellationToken.None);
        }
        catch (Exception e) when (e is MongoException or TimeoutException)
        {
            // When in doubt they are out: whoever may read the room joins it again.
            await OutAsync(room, connections.Of(userId), AccessLost);
        }
    }

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
                await RecheckAsync(room, [connection], cancellationToken);
        }
    }

    private async Task RecheckAsync(string room, IEnumerable<OpenConnection> those, CancellationToken cancellationToken)
    {
        foreach (var connection in those.Where(connection => connection.IsIn(room)))
        {
            var rights = await rooms.RightsAsync(room, connection.Token.User, cancellationToken);
            if (!rights.MayRead)
                await OutAsync(room, [connection], AccessLost);
        }
    }

    private async Task OutAsync(string room, IEnumerable<OpenConnection> those, string reason)
    {
        foreach (var connection in those)
        {
            if (!connection.Leave(room))
                continue;
            await groups.RemoveFromGroupAsync(connection.Id, room);
            await presence.LeaveAsync(room, connection);
            await clients.Client(connection.Id).RoomLeft(new RoomLeft(room, reason));
        }
    }
}
