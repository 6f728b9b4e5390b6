using MongoDB.Bson;

namespace MovieLms.Data.Chat;

/// <summary>
/// A chat message as it is stored. One that its author or staff deleted stays as an empty place, so that the room's numbers
/// keep no gap.
/// </summary>
public sealed record ChatMessageDocument
{
    public ObjectId Id { get; init; }
    public required ObjectId RoomId { get; init; }

    /// <summary>1, 2, 3 … in its room, without gaps and repeats.</summary>
    public required long Sequence { get; init; }

    /// <summary>Who wrote it.</summary>
    public required ObjectId UserId { get; init; }

    /// <summary>The author's name when it was written.</summary>
    public required string Username { get; init; }

    /// <summary>At most <see cref="ChatLimits.Text"/> characters; absent when it was deleted.</summary>
    public string? Text { get; init; }

    /// <summary>The author's own name for it: the same one twice is one message.</summary>
    public required string ClientMessageId { get; init; }
    public DateTimeOffset SentAt { get; init; }
    public DateTimeOffset? EditedAt { get; init; }
    public long Version { get; init; } = 1;
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Without <see cref="DeletedBy"/>: its author or staff deleted it, and the text is gone.</summary>
    public DateTimeOffset? DeletedAt { get; init; }

    /// <summary>The cascade that deleted it.</summary>
    public ObjectId? DeletedBy { get; init; }
    public DateTimeOffset? ArchivedAt { get; init; }

    /// <summary>The cascade that archived it: its room's or its author's.</summary>
    public ObjectId? ArchivedBy { get; init; }

    /// <summary>
    /// True when nobody may read it: deleted, or hidden with its author. In a room archived as a whole it stays readable.
    /// </summary>
    public bool IsHidden(RoomDocument room) => DeletedAt is not null || (ArchivedAt is not null && ArchivedBy != room.ArchivedBy);
}

/// <summary>A message that is to be stored.</summary>
/// <param name="UserId">Who wrote it.</param>
/// <param name="Username">The author's name.</param>
/// <param name="Text">Checked against <see cref="ChatLimits"/>.</param>
/// <param name="ClientMessageId">The author's own name for it.</param>
public sealed record MessageDraft(ObjectId UserId, string Username, string Text, string ClientMessageId);

/// <summary>The bounds of chat.</summary>
public static class ChatLimits
{
    /// <summary>Characters (UTF-16 code units) of a message.</summary>
    public const int Text = 4_000;

    /// <summary>Characters of a client's own message id.</summary>
    public const int ClientMessageId = 64;

    /// <summary>Messages of one page.</summary>
    public const int Page = 100;

    /// <summary>Unread messages are counted up to here.</summary>
    public const int Unread = 1_000;

    /// <summary>Course rooms, and direct rooms, that a list shows.</summary>
    public const int Rooms = 200;
}

/// <summary>The names of a stored message's fields, for filters and pipelines.</summary>
internal static class MessageFields
{
    internal const string Id = "_id";
    internal const string RoomId = "roomId";
    internal const string Sequence = "sequence";
    internal const string UserId = "userId";
    internal const string ClientMessageId = "clientMessageId";
    internal const string DeletedAt = "deletedAt";
    internal const string ArchivedAt = "archivedAt";
}
