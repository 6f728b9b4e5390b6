using MongoDB.Bson;

namespace MovieLms.Data.Assignments;

/// <summary>A stored assignment for the students of a course.</summary>
public sealed record AssignmentDocument
{
    public ObjectId Id { get; init; }
    public required ObjectId CourseId { get; init; }

    /// <summary>At most <see cref="AssignmentLimits.Title"/> characters, not empty.</summary>
    public required string Title { get; init; }
    public string? Description { get; init; }

    /// <summary>Later submissions are marked as late. Null when there is no due date.</summary>
    public DateTimeOffset? DueAt { get; init; }
    public long Version { get; init; } = 1;
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
    public DateTimeOffset? DeletedAt { get; init; }

    /// <summary>The cascade that deleted it.</summary>
    public ObjectId? DeletedBy { get; init; }

    /// <summary>When it was archived. An archived assignment is read-only and accepts no submissions.</summary>
    public DateTimeOffset? ArchivedAt { get; init; }

    /// <summary>The cascade that archived it.</summary>
    public ObjectId? ArchivedBy { get; init; }
}

/// <summary>The editable fields of an assignment, already checked against <see cref="AssignmentLimits"/>.</summary>
public sealed record AssignmentDetails(string Title, string? Description, DateTimeOffset? DueAt);

/// <summary>The limits of an assignment's fields.</summary>
public static class AssignmentLimits
{
    public const int Title = 200;
    public const int Description = 10_000;
}

/// <summary>The field names of stored assignments, for filters.</summary>
internal static class AssignmentFields
{
    internal const string Id = "_id";
    internal const string CourseId = "courseId";
    internal const string Title = "title";
    internal const string DueAt = "dueAt";
    internal const string Version = "version";
    internal const string CreatedAt = "createdAt";
    internal const string DeletedAt = "deletedAt";
    internal const string ArchivedAt = "archivedAt";

    /// <summary>Returns a filter for one assignment of a course that is not deleted.</summary>
    internal static BsonDocument Live(ObjectId courseId, ObjectId id) =>
        new()
        {
            { Id, id },
            { CourseId, courseId },
            { DeletedAt, BsonNull.Value },
        };
}
