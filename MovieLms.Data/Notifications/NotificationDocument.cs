using MongoDB.Bson;

namespace MovieLms.Data.Notifications;

/// <summary>A notification as it is stored. It expires after <see cref="NotificationOptions.Retention"/>.</summary>
public sealed record NotificationDocument
{
    public ObjectId Id { get; init; }

    /// <summary>Whom it is for; nobody else sees it.</summary>
    public required ObjectId UserId { get; init; }

    /// <summary>What it is about: <c>grade</c>, <c>enrollment</c>, <c>announcement</c>, <c>order</c> …</summary>
    public required string Kind { get; init; }

    /// <summary>One line.</summary>
    public required string Title { get; init; }

    /// <summary>Plain text.</summary>
    public required string Text { get; init; }

    /// <summary>A path of this product.</summary>
    public string? Link { get; init; }

    /// <summary>Unique a user, so that what is told again is stored once; absent when it cannot be repeated.</summary>
    public string? Key { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? ReadAt { get; init; }
}

/// <summary>The names of a stored notification's fields, for filters.</summary>
internal static class NotificationFields
{
    internal const string Id = "_id";
    internal const string UserId = "userId";
    internal const string Key = "key";
    internal const string ReadAt = "readAt";
    internal const string CreatedAt = "createdAt";
}
