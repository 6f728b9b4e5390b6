using Microsoft.AspNetCore.SignalR;
using MovieLms.Application.Live;

namespace MovieLms.Realtime.Contracts;

/// <summary>The receivers of a room's events.</summary>
internal static class Audience
{
    private const string UserPrefix = "user:";

    /// <summary>
    /// Returns the group of a user's connections on all nodes. SignalR's own user groups do not fit: a connection cannot leave
    /// one before it closes.
    /// </summary>
    internal static string OfUser(string userId) => UserPrefix + userId;

    /// <summary>Returns the ID of the user whose group it is, or null for a room.</summary>
    internal static string? GetUserId(string group) =>
        group.StartsWith(UserPrefix, StringComparison.Ordinal) ? group[UserPrefix.Length..] : null;

    /// <summary>
    /// Returns the connections that have joined the room. For a direct room these are all connections of its two users, so that
    /// they also receive the first message.
    /// </summary>
    internal static IChatClient OfRoom(this IHubClients<IChatClient> clients, string room) =>
        RoomNames.TryParse(room, out var name) && name.Kind == RoomKind.Direct
            ? clients.Groups([OfUser(name.First!), OfUser(name.Second!)])
            : clients.Group(room);
}
