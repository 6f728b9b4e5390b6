using MongoDB.Bson;

namespace MovieLms.Data.Todos;

/// <summary>How much a to-do matters.</summary>
public enum TodoPriority
{
    Low,
    Medium,
    High,
}

/// <summary>A personal to-do as it is stored.</summary>
public sealed record TodoDocument
{
    public ObjectId Id { get; init; }

    /// <summary>Whose it is; nobody else sees it.</summary>
    public required ObjectId OwnerId { get; init; }

    /// <summary>At most <see cref="TodoLimits.Title"/> characters, not empty.</summary>
    public required string Title { get; init; }
    public string? Description { get; init; }
    public DateTimeOffset? DueDate { get; init; }
    public TodoPriority Priority { get; init; } = TodoPriority.Medium;
    public bool Done { get; init; }

    /// <summary>The import that brought it, else absent.</summary>
    public ObjectId? ImportId { get; init; }

    /// <summary>Its row in that import: with it unique, so that a row that is tried again is not stored twice.</summary>
    public long? ImportRow { get; init; }
    public long Version { get; init; } = 1;
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
    public DateTimeOffset? DeletedAt { get; init; }
    public ObjectId? DeletedBy { get; init; }
    public DateTimeOffset? ArchivedAt { get; init; }
    public ObjectId? ArchivedBy { get; init; }
}

/// <summary>The bounds of a to-do's fields, for the API and imports alike.</summary>
public static class TodoLimits
{
    public const int Title = 300;
    public const int Description = 4_000;
}
