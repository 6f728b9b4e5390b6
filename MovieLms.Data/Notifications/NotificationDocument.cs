using MongoDB.Bson;

namespace MovieLms.Data.Notifications;

/// <summary>A notification as it is stored. It expires after <see cref="NotificationOptions.Retention"/>.</summary>
public sealed record NotificationDocument
{
    public ObjectId Id { get; init; }

    /// <summary>The recipient. No other user can read it.</summary>
    public required ObjectId UserId { get; init; }

    /// <summary>The topic: <c>grade</c>, <c>enrollment</c>, <c>announcement</c>, <c>order</c> …</summary>
    public required string Kind { get; init; }

    /// <summary>The title, on one line.</summary>
    public required string Title { get; init; }

    /// <summary>The text, as plain text.</summary>
    public required string Text { get; init; }

    /// <summary>A path in the web app, or null.</summary>
    public string? Link { get; init; }

    /// <summary>Unique per user, so that a repeated notification is stored once; null if it cannot be repeated.</summary>
    public string? Key { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? ReadAt { get; init; }
}

/// <summary>The field names of a stored notification, for filters.</summary>
internal static class NotificationFields
{
    internal const string Id = "_id";
    internal const string UserId = "userId";
    internal const string Key = "key";
    internal const string ReadAt = "readAt";
    internal const string CreatedAt = "createdAt";
}
