using MongoDB.Bson;

namespace MovieLms.Data.Chat;

/// <summary>
/// A stored chat message. A message that its author or staff deleted keeps its document without the text, so that the numbers of the
/// room have no gaps.
/// </summary>
public sealed record ChatMessageDocument
{
    public ObjectId Id { get; init; }
    public required ObjectId RoomId { get; init; }

    /// <summary>Number of the message in its room: 1, 2, 3 … without gaps or duplicates.</summary>
    public required long Sequence { get; init; }

    /// <summary>The author.</summary>
    public required ObjectId UserId { get; init; }

    /// <summary>The author's name when the message was sent.</summary>
    public required string Username { get; init; }

    /// <summary>At most <see cref="ChatLimits.Text"/> characters; absent when the message was deleted.</summary>
    public string? Text { get; init; }

    /// <summary>ID chosen by the client. Messages that an author sends with the same ID are stored once.</summary>
    public required string ClientMessageId { get; init; }
    public DateTimeOffset SentAt { get; init; }
    public DateTimeOffset? EditedAt { get; init; }
    public long Version { get; init; } = 1;
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>When the message was deleted. Without <see cref="DeletedBy"/>, its author or staff deleted it and its text.</summary>
    public DateTimeOffset? DeletedAt { get; init; }

    /// <summary>The cascade that deleted it.</summary>
    public ObjectId? DeletedBy { get; init; }
    public DateTimeOffset? ArchivedAt { get; init; }

    /// <summary>The cascade that archived it, of its room or its author.</summary>
    public ObjectId? ArchivedBy { get; init; }

    /// <summary>
    /// Returns true when the message cannot be read: it was deleted, or archived with its author. Messages that were archived with their
    /// room stay readable.
    /// </summary>
    public bool IsHidden(RoomDocument room) => DeletedAt is not null || (ArchivedAt is not null && ArchivedBy != room.ArchivedBy);
}

/// <summary>A message to store.</summary>
/// <param name="UserId">The author.</param>
/// <param name="Username">The author's name.</param>
/// <param name="Text">Already checked against <see cref="ChatLimits"/>.</param>
/// <param name="ClientMessageId">ID chosen by the client.</param>
public sealed record MessageDraft(ObjectId UserId, string Username, string Text, string ClientMessageId);

/// <summary>The limits of chat.</summary>
public static class ChatLimits
{
    /// <summary>Maximum length of a message, in UTF-16 code units.</summary>
    public const int Text = 4_000;

    /// <summary>Maximum length of a client's message ID.</summary>
    public const int ClientMessageId = 64;

    /// <summary>Maximum number of messages per page.</summary>
    public const int Page = 100;

    /// <summary>Unread messages of a room are counted up to this number.</summary>
    public const int Unread = 1_000;

    /// <summary>Maximum number of course rooms, and of direct rooms, in a list.</summary>
    public const int Rooms = 200;
}

/// <summary>The field names of stored messages, for filters and pipelines.</summary>
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
