using MongoDB.Bson;
using MovieLms.Data.Movies;

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

    /// <summary>The owner. No other user can read it.</summary>
    public required ObjectId OwnerId { get; init; }

    /// <summary>Not empty; up to <see cref="TodoLimits.Title"/> characters.</summary>
    public required string Title { get; init; }
    public string? Description { get; init; }
    public DateTimeOffset? DueDate { get; init; }
    public TodoPriority Priority { get; init; } = TodoPriority.Medium;
    public bool Done { get; init; }

    /// <summary>The import that created it, or null.</summary>
    public ObjectId? ImportId { get; init; }

    /// <summary>The row of the import. Unique per import, so that a retried row is not stored twice.</summary>
    public long? ImportRow { get; init; }

    /// <summary>
    /// The due date for sorting; a to-do without one comes last. Stored so that one index serves filter and order.
    /// </summary>
    public DateTimeOffset DueKey
    {
        get => DueDate ?? TodoLimits.NoDueDate;
        private init { }
    }

    /// <summary>The priority for sorting, 0 to 2.</summary>
    public int PriorityKey
    {
        get => (int)Priority;
        private init { }
    }

    /// <summary>The words of the title and the description, normalized for searches.</summary>
    public IReadOnlyList<string> Words
    {
        get => SearchWords.Of(Title, Description);
        private init { }
    }
    public long Version { get; init; } = 1;
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
    public DateTimeOffset? DeletedAt { get; init; }
    public ObjectId? DeletedBy { get; init; }
    public DateTimeOffset? ArchivedAt { get; init; }
    public ObjectId? ArchivedBy { get; init; }
}

/// <summary>The limits of a to-do's fields, for both the API and imports.</summary>
public static class TodoLimits
{
    public const int Title = 300;
    public const int Description = 4_000;

    /// <summary>The latest allowed due date.</summary>
    public static readonly DateTimeOffset LatestDueDate = new(9999, 12, 31, 23, 59, 58, TimeSpan.Zero);

    /// <summary>Sorts after every due date.</summary>
    public static readonly DateTimeOffset NoDueDate = new(9999, 12, 31, 23, 59, 59, TimeSpan.Zero);
}
