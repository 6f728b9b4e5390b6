// Public, as the protocols' serializers need it. The keys are the JSON names, so that both protocols speak alike.
using MessagePack;

namespace MovieLms.Realtime.Contracts;

/// <summary>A user as others see them.</summary>
[MessagePackObject]
public sealed record ChatUser([property: Key("id")] string Id, [property: Key("name")] string? Name);

/// <summary>
/// A message. One that was deleted, or hidden with its author, has neither author nor text: its number stays, so that numbers have no gaps.
/// </summary>
/// <param name="Id">24 hexadecimal digits.</param>
/// <param name="Room">The room's name.</param>
/// <param name="Sequence">1, 2, 3 … in its room, without gaps and repeats.</param>
/// <param name="From">Who wrote it.</param>
/// <param name="Text">Plain text, to be shown as it is and never as markup.</param>
/// <param name="SentAt">UTC.</param>
/// <param name="ClientMessageId">The author's own name for it.</param>
/// <param name="EditedAt">When its text was last changed.</param>
/// <param name="Deleted">True when its text is gone or hidden.</param>
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

/// <summary>What a room holds when one enters it.</summary>
/// <param name="Room">The room's name.</param>
/// <param name="Messages">The newest ones, ascending.</param>
/// <param name="Members">Who is there.</param>
/// <param name="ReadSequence">How far one has read.</param>
/// <param name="ReadOnly">True for an archived course's room.</param>
[MessagePackObject]
public sealed record JoinedRoom(
    [property: Key("room")] string Room,
    [property: Key("messages")] IReadOnlyList<ChatMessage> Messages,
    [property: Key("members")] IReadOnlyList<ChatUser> Members,
    [property: Key("readSequence")] long ReadSequence,
    [property: Key("readOnly")] bool ReadOnly
);

/// <summary>Somebody came, left or types.</summary>
[MessagePackObject]
public sealed record MemberEvent([property: Key("room")] string Room, [property: Key("user")] ChatUser User);

/// <summary>Who is in a room now, all of them: sent where single comings and goings may have been missed.</summary>
[MessagePackObject]
public sealed record PresenceSnapshot([property: Key("room")] string Room, [property: Key("members")] IReadOnlyList<ChatUser> Members);

/// <summary>Somebody has read a room up to a message.</summary>
[MessagePackObject]
public sealed record ReadEvent(
    [property: Key("room")] string Room,
    [property: Key("userId")] string UserId,
    [property: Key("sequence")] long Sequence
);

/// <summary>Why one is out of a room: <c>accessLost</c> or <c>closed</c>.</summary>
[MessagePackObject]
public sealed record RoomLeft([property: Key("room")] string Room, [property: Key("reason")] string Reason);

/// <summary>Why this connection ends.</summary>
/// <param name="Reason"><c>tokenExpired</c>, <c>tokenRevoked</c>, <c>tooManyCalls</c> or <c>shutdown</c>.</param>
/// <param name="MayReconnect">False when the token is no longer valid.</param>
[MessagePackObject]
public sealed record ConnectionEnd([property: Key("reason")] string Reason, [property: Key("mayReconnect")] bool MayReconnect);

/// <summary>A stored notification.</summary>
[MessagePackObject]
public sealed record NotificationEvent(
    [property: Key("id")] string Id,
    [property: Key("kind")] string Kind,
    [property: Key("title")] string Title,
    [property: Key("text")] string Text,
    [property: Key("link")] string? Link,
    [property: Key("createdAt")] DateTime CreatedAt
);

/// <summary>How far one's import is.</summary>
[MessagePackObject]
public sealed record ImportProgressEvent(
    [property: Key("importId")] string ImportId,
    [property: Key("kind")] string Kind,
    [property: Key("state")] string State,
    [property: Key("total")] long Total,
    [property: Key("succeeded")] long Succeeded,
    [property: Key("failed")] long Failed,
    [property: Key("rowsPerSecond")] double RowsPerSecond
);

/// <summary>One's order has another status.</summary>
[MessagePackObject]
public sealed record OrderChangedEvent(
    [property: Key("orderId")] string OrderId,
    [property: Key("orderNumber")] string OrderNumber,
    [property: Key("item")] string Item,
    [property: Key("status")] string Status,
    [property: Key("changedAt")] DateTime ChangedAt
);
