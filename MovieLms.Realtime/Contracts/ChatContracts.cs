// Public because the protocols' serializers require it. The keys are the JSON names, so both protocols use the same names.
using MessagePack;
using MovieLms.Data.Imports;
using MovieLms.Data.Orders;
// The rest of the namespace has another Key.
using AllowedValues = System.ComponentModel.DataAnnotations.AllowedValuesAttribute;
using EnumDataType = System.ComponentModel.DataAnnotations.EnumDataTypeAttribute;

namespace MovieLms.Realtime.Contracts;

/// <summary>A user as others see them.</summary>
[MessagePackObject]
public sealed record ChatUser([property: Key("id")] string Id, [property: Key("name")] string? Name);

/// <summary>
/// A message. A deleted message, or one hidden with its author, has neither author nor text but keeps its number, so numbers have
/// no gaps.
/// </summary>
/// <param name="Id">24 hexadecimal digits.</param>
/// <param name="Room">The room's name.</param>
/// <param name="Sequence">1, 2, 3 … within the room, without gaps or duplicates.</param>
/// <param name="From">The author.</param>
/// <param name="Text">Plain text. Never render it as markup.</param>
/// <param name="SentAt">The time it was stored, in UTC.</param>
/// <param name="ClientMessageId">The ID that the author's client assigned.</param>
/// <param name="EditedAt">The time of the last edit, in UTC.</param>
/// <param name="Deleted">True when the text was deleted or is hidden.</param>
[MessagePackObject]
public sealed record ChatMessage(
    [property: Key("id")] string Id,
    [property: Key("room")] string Room,
    [property: Key("sequence")] long Sequence,
    [property: Key("from")] ChatUser? From,
    [property: Key("text")] string? Text,
    [property: Key("sentAt")] DateTime SentAt,
    [property: Key("clientMessageId")] string? ClientMessageId,
    [property: Key("editedAt")] DateTime? EditedAt,
    [property: Key("deleted")] bool Deleted
);

/// <summary>The state of a room that the caller has joined.</summary>
/// <param name="Room">The room's name.</param>
/// <param name="Title">The course's title, the other user's name, or <c>Lobby</c>.</param>
/// <param name="Messages">The newest messages, ascending.</param>
/// <param name="Members">The users who are present. In a large room, the caller and some of the others.</param>
/// <param name="MemberCount">The number of users who are present.</param>
/// <param name="ReadSequence">The number of the last message that the caller has read.</param>
/// <param name="ReadOnly">True when the caller cannot write, such as in the room of an archived course.</param>
[MessagePackObject]
public sealed record JoinedRoom(
    [property: Key("room")] string Room,
    [property: Key("title")] string Title,
    [property: Key("messages")] IReadOnlyList<ChatMessage> Messages,
    [property: Key("members")] IReadOnlyList<ChatUser> Members,
    [property: Key("memberCount")] long MemberCount,
    [property: Key("readSequence")] long ReadSequence,
    [property: Key("readOnly")] bool ReadOnly
);

/// <summary>A user joined, left or is typing.</summary>
[MessagePackObject]
public sealed record MemberEvent([property: Key("room")] string Room, [property: Key("user")] ChatUser User);

/// <summary>All users present in a room. Sent when clients may have missed single joins and leaves.</summary>
[MessagePackObject]
public sealed record PresenceSnapshot([property: Key("room")] string Room, [property: Key("members")] IReadOnlyList<ChatUser> Members);

/// <summary>The number of users present in a large room.</summary>
[MessagePackObject]
public sealed record MemberCount([property: Key("room")] string Room, [property: Key("count")] long Count);

/// <summary>A user has read a room's messages up to a number.</summary>
[MessagePackObject]
public sealed record ReadEvent(
    [property: Key("room")] string Room,
    [property: Key("userId")] string UserId,
    [property: Key("sequence")] long Sequence
);

/// <summary>Why the caller was removed from a room: <c>accessLost</c> or <c>closed</c>.</summary>
[MessagePackObject]
public sealed record RoomLeft(
    [property: Key("room")] string Room,
    [property: Key("reason"), AllowedValues(RoomLeft.AccessLost, RoomLeft.Closed)] string Reason
)
{
    internal const string AccessLost = "accessLost";
    internal const string Closed = "closed";
}

/// <summary>Why the server closes this connection.</summary>
/// <param name="Reason"><c>tokenExpired</c>, <c>tokenRevoked</c>, <c>tooManyCalls</c> or <c>shutdown</c>.</param>
/// <param name="MayReconnect">False when the token is no longer valid.</param>
[MessagePackObject]
public sealed record ConnectionEnd(
    [property: Key("reason")]
    [property: AllowedValues(ConnectionEnd.TokenExpired, ConnectionEnd.TokenRevoked, ConnectionEnd.TooManyCalls, ConnectionEnd.Shutdown)]
        string Reason,
    [property: Key("mayReconnect")] bool MayReconnect
)
{
    internal const string TokenExpired = "tokenExpired";
    internal const string TokenRevoked = "tokenRevoked";
    internal const string TooManyCalls = "tooManyCalls";
    internal const string Shutdown = "shutdown";
}

/// <summary>A stored notification.</summary>
/// <param name="Id">24 hexadecimal digits.</param>
/// <param name="Kind">The subject, for example <c>grade</c> or <c>announcement</c>. More kinds may follow.</param>
/// <param name="Title">A short title.</param>
/// <param name="Text">Plain text. Never render it as markup.</param>
/// <param name="Link">A path of this server.</param>
/// <param name="CreatedAt">The time it was stored, in UTC.</param>
/// <param name="Replayed">True when it was stored before this connection was opened and is still unread.</param>
[MessagePackObject]
public sealed record NotificationEvent(
    [property: Key("id")] string Id,
    [property: Key("kind")] string Kind,
    [property: Key("title")] string Title,
    [property: Key("text")] string Text,
    [property: Key("link")] string? Link,
    [property: Key("createdAt")] DateTime CreatedAt,
    [property: Key("replayed")] bool Replayed
);

/// <summary>Progress of the caller's import.</summary>
[MessagePackObject]
public sealed record ImportProgressEvent(
    [property: Key("importId")] string ImportId,
    [property: Key("kind"), EnumDataType(typeof(ImportKind))] string Kind,
    [property: Key("state"), AllowedValues("processing", "completed", "failed", "canceled")] string State,
    [property: Key("total")] long Total,
    [property: Key("succeeded")] long Succeeded,
    [property: Key("failed")] long Failed,
    [property: Key("rowsPerSecond")] double RowsPerSecond
);

/// <summary>A new status of the caller's order.</summary>
[MessagePackObject]
public sealed record OrderChangedEvent(
    [property: Key("orderId")] string OrderId,
    [property: Key("orderNumber")] string OrderNumber,
    [property: Key("item")] string Item,
    [property: Key("status"), EnumDataType(typeof(OrderStatus))] string Status,
    [property: Key("changedAt")] DateTime ChangedAt
);
