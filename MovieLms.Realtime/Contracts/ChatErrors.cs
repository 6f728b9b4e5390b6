using System.Globalization;
using Microsoft.AspNetCore.SignalR;
using MovieLms.Application.Live;

namespace MovieLms.Realtime.Contracts;

/// <summary>A code by which clients recognize an error.</summary>
/// <param name="Code">Stable; never reused with another meaning.</param>
/// <param name="Meaning">When the hub sends it, for <c>docs/hub.md</c>.</param>
/// <param name="Duty">What the client does next, for <c>docs/hub.md</c>.</param>
internal sealed record ChatErrorCode(string Code, string Meaning, string Duty)
{
    /// <summary>Returns the exception that SignalR sends as <c>code: detail</c>.</summary>
    internal HubException With(string detail) => new($"{Code}: {detail}");
}

/// <summary>The errors that clients receive, each in the form <c>code: detail</c>. Only the code is stable.</summary>
internal static class ChatErrors
{
    private static readonly ChatErrorCode RoomNotFound = new(
        "roomNotFound",
        "The room does not exist or is not open to the caller.",
        "Remove the room."
    );
    private static readonly ChatErrorCode MessageNotFound = new(
        "messageNotFound",
        "The message does not exist, was deleted, or cannot be changed by the caller.",
        "Do not repeat the call."
    );
    private static readonly ChatErrorCode UserNotFound = new("userNotFound", "The user does not exist.", "Do not repeat the call.");
    private static readonly ChatErrorCode NotificationNotFound = new(
        "notificationNotFound",
        "The caller has no notification with this ID.",
        "Do not repeat the call."
    );
    private static readonly ChatErrorCode RoomReadOnly = new(
        "roomReadOnly",
        "The course or the other user is archived.",
        "Show the room without an input field."
    );
    private static readonly ChatErrorCode RoomNotJoined = new(
        "roomNotJoined",
        "This connection has not joined the room.",
        "Call `JoinRoom`, then repeat the call."
    );
    private static readonly ChatErrorCode ClientMessageIdUsed = new(
        "clientMessageIdUsed",
        "The caller sent another text, or to another room, with this `clientMessageId`.",
        "Use a new ID."
    );
    private static readonly ChatErrorCode InvalidInput = new(
        "invalidInput",
        "An argument is not valid. The detail starts with its name and a colon, or with `arguments:` if their number or types are wrong.",
        "Correct the argument."
    );
    private static readonly ChatErrorCode MethodNotFound = new("methodNotFound", "The hub has no such method.", "Correct the name.");
    private static readonly ChatErrorCode TooManyRequests = new(
        "tooManyRequests",
        "A limit was reached. The detail contains the seconds to wait.",
        "Wait, then repeat the call."
    );
    private static readonly ChatErrorCode Unauthorized = new(
        "unauthorized",
        "The access token is expired or revoked.",
        "Refresh the token and connect again, or sign in."
    );
    private static readonly ChatErrorCode Shutdown = new("shutdown", "The server is stopping.", "Connect again and repeat the call.");
    private static readonly ChatErrorCode DatabaseUnavailable = new(
        "unavailable",
        "The database is unavailable. The call may or may not have taken effect.",
        "Repeat the call with the same arguments after a moment."
    );

    /// <summary>All codes.</summary>
    internal static IReadOnlyList<ChatErrorCode> All { get; } =
    [
        RoomNotFound,
        MessageNotFound,
        UserNotFound,
        NotificationNotFound,
        RoomReadOnly,
        RoomNotJoined,
        ClientMessageIdUsed,
        InvalidInput,
        MethodNotFound,
        TooManyRequests,
        Unauthorized,
        Shutdown,
        DatabaseUnavailable,
    ];

    /// <summary>
    /// The room is unknown, malformed, deleted or not open to the caller. All cases share one error, to reveal nothing.
    /// </summary>
    internal static HubException NoRoom() => RoomNotFound.With("There is no such room.");

    internal static HubException NoMessage() => MessageNotFound.With("There is no such message.");

    internal static HubException NoUser() => UserNotFound.With("There is no such user.");

    internal static HubException NoNotification() => NotificationNotFound.With("There is no such notification.");

    internal static HubException ReadOnly(string room) =>
        RoomReadOnly.With(
            RoomNames.IsDirect(room)
                ? "The other user is archived and receives no messages. The room can only be read."
                : "The room is archived and can only be read."
        );

    internal static HubException UsedId() =>
        ClientMessageIdUsed.With("This clientMessageId was used for a message with another text or in another room.");

    internal static HubException NotJoined() => RoomNotJoined.With("Join the room first.");

    internal static HubException NoMethod() => MethodNotFound.With("There is no such method.");

    internal static HubException Invalid(string field, string detail) => InvalidInput.With($"{field}: {detail}");

    internal static HubException TooMany(string reason, TimeSpan wait) =>
        TooManyRequests.With(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{reason}; wait {Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds))} s and try again."
            )
        );

    internal static HubException Ended() => Unauthorized.With("The access token is expired or revoked.");

    internal static HubException Stopping() => Shutdown.With("The server is stopping. Connect again and repeat the call.");

    internal static HubException Unavailable() =>
        DatabaseUnavailable.With("The database is unavailable. Accepted messages are not lost. Try again shortly.");
}
