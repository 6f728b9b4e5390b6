using MongoDB.Bson;

namespace MovieLms.Data.Chat;

/// <summary>A stored chat room. It is created with its first message.</summary>
public sealed record RoomDocument
{
    public ObjectId Id { get; init; }

    /// <summary>Unique: <c>lobby</c>, <c>course:{id}</c> or <c>dm:{a}:{b}</c> with the smaller ID first.</summary>
    public required string Name { get; init; }

    /// <summary>The course that the room belongs to; absent for other rooms.</summary>
    public ObjectId? CourseId { get; init; }

    /// <summary>The two users of a direct room; empty for other rooms.</summary>
    public IReadOnlyList<ObjectId> UserIds { get; init; } = [];

    /// <summary>The number of the last message. Written after the message, so it may lag briefly.</summary>
    public long LastSequence { get; init; }

    /// <summary>When the last message was sent.</summary>
    public DateTimeOffset? LastMessageAt { get; init; }
    public long Version { get; init; } = 1;
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
    public DateTimeOffset? DeletedAt { get; init; }

    /// <summary>The cascade that deleted it.</summary>
    public ObjectId? DeletedBy { get; init; }
    public DateTimeOffset? ArchivedAt { get; init; }

    /// <summary>The cascade that archived it.</summary>
    public ObjectId? ArchivedBy { get; init; }
}

/// <summary>A user's read position in a room.</summary>
public sealed record ReadMarkDocument
{
    public ObjectId Id { get; init; }
    public required ObjectId UserId { get; init; }
    public required ObjectId RoomId { get; init; }

    /// <summary>The number of the last message read. It never decreases.</summary>
    public long Sequence { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>The field names of stored rooms and read marks, for filters and pipelines.</summary>
internal static class RoomFields
{
    internal const string Id = "_id";
    internal const string Name = "name";
    internal const string CourseId = "courseId";
    internal const string UserIds = "userIds";
    internal const string LastSequence = "lastSequence";
    internal const string LastMessageAt = "lastMessageAt";
    internal const string DeletedAt = "deletedAt";
    internal const string UserId = "userId";
    internal const string RoomId = "roomId";
    internal const string Sequence = "sequence";
}
