using System.Globalization;
using Microsoft.AspNetCore.SignalR;
using MovieLms.Application.Live;

namespace MovieLms.Realtime.Contracts;

/// <summary>The errors that clients receive, each in the form <c>title: detail</c> of a problem document.</summary>
internal static class ChatErrors
{
    /// <summary>
    /// The room is unknown, malformed, deleted or not open to the caller. All cases share one error, to reveal nothing.
    /// </summary>
    internal static HubException NoRoom() => new("Not found: There is no such room.");

    internal static HubException NoMessage() => new("Not found: There is no such message.");

    internal static HubException NoUser() => new("Not found: There is no such user.");

    internal static HubException ReadOnly(string room) =>
        new(
            RoomNames.IsDirect(room)
                ? "Conflict: The other user is archived and receives no messages. The room can only be read."
                : "Conflict: The room is archived and can only be read."
        );

    internal static HubException UsedId() => new("Conflict: This clientMessageId was used for a message in another room.");

    internal static HubException NotJoined() => new("Conflict: Join the room first.");

    internal static HubException Invalid(string field, string detail) => new($"Invalid input: {field}: {detail}");

    internal static HubException TooMany(string reason, TimeSpan wait) =>
        new(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Too many requests: {reason}; wait {Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds))} s and try again."
            )
        );

    internal static HubException Ended() => new("Unauthorized: The access token is expired or revoked.");

    internal static HubException Stopping() => new("Unavailable: The server is stopping. Connect again and repeat the call.");

    internal static HubException Unavailable() => new("The database is unavailable: Accepted messages are not lost. Try again shortly.");
}
