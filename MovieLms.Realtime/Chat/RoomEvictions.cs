using Microsoft.AspNetCore.SignalR;
using MongoDB.Driver;
using MovieLms.Realtime.Connections;
using MovieLms.Realtime.Contracts;
using MovieLms.Realtime.Presence;

namespace MovieLms.Realtime.Chat;

/// <summary>Removes this node's connections from rooms that they may no longer be in.</summary>
internal sealed class RoomEvictions(
    OpenConnections connections,
    Rooms rooms,
    RoomPresence presence,
    IHubClients<IChatClient> clients,
    IGroupManager groups
)
{
    /// <summary>Removes a user's connections from a room, except those that may still read it.</summary>
    internal async Task RemoveUserAsync(string room, string userId)
    {
        try
        {
            await RecheckAsync(room, connections.GetByUser(userId), CancellationToken.None);
        }
        catch (Exception e) when (e is MongoException or TimeoutException)
        {
            // Fail closed: a user who may still read the room can join it again.
            await RemoveAsync(room, connections.GetByUser(userId), RoomLeft.AccessLost);
        }
    }

    /// <summary>Removes all connections from a room that was closed.</summary>
    internal Task RemoveAllAsync(string room) => RemoveAsync(room, connections.All, RoomLeft.Closed);

    /// <summary>
    /// Checks every connection in every room against the database. Needed after an outage of Redis, which may have dropped
    /// messages about lost access.
    /// </summary>
    internal async Task RecheckAsync(CancellationToken cancellationToken)
    {
        foreach (var connection in connections.All)
        {
            foreach (var room in connection.Rooms)
                await RecheckAsync(room, [connection], cancellationToken);
        }
    }

    private async Task RecheckAsync(string room, IEnumerable<OpenConnection> candidates, CancellationToken cancellationToken)
    {
        foreach (var connection in candidates.Where(connection => connection.IsIn(room)))
        {
            var rights = await rooms.GetRightsAsync(room, connection.Token.User, cancellationToken);
            if (!rights.MayRead)
                await RemoveAsync(room, [connection], RoomLeft.AccessLost);
        }
    }

    private async Task RemoveAsync(string room, IEnumerable<OpenConnection> candidates, string reason)
    {
        foreach (var connection in candidates)
        {
            if (!connection.Leave(room))
                continue;
            await groups.RemoveFromGroupAsync(connection.Id, room);
            await presence.LeaveAsync(room, connection);
            await clients.Client(connection.Id).RoomLeft(new RoomLeft(room, reason));
        }
    }
}
