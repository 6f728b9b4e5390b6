using Microsoft.AspNetCore.SignalR;
using MovieLms.Application.Live;

namespace MovieLms.Realtime.Contracts;

/// <summary>Who hears what is said in a room.</summary>
internal static class Audience
{
    private const string UserPrefix = "user:";

    /// <summary>
    /// The group of a user's connections on all nodes. Not SignalR's own user, whom a connection cannot leave before it ends.
    /// </summary>
    internal static string OfUser(string userId) => UserPrefix + userId;

    /// <summary>Whose group it is; null for a room.</summary>
    internal static string? UserOf(string group) =>
        group.StartsWith(UserPrefix, StringComparison.Ordinal) ? group[UserPrefix.Length..] : null;

    /// <summary>
    /// Those who have entered the room; of a direct room all connections of its two, so that the first message is heard too.
    /// </summary>
    internal static IChatClient OfRoom(this IHubClients<IChatClient> clients, string room) =>
        RoomNames.TryParse(room, out var name) && name.Kind == RoomKind.Direct
            ? clients.Groups([OfUser(name.First!), OfUser(name.Second!)])
            : clients.Group(room);
}
