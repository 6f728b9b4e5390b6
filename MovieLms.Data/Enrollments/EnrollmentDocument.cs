using MongoDB.Bson;

namespace MovieLms.Data.Enrollments;

/// <summary>Where a student stands in a course.</summary>
public enum EnrollmentStatus
{
    Active,
    Completed,

    /// <summary>The student left the course and uses no seat.</summary>
    Withdrawn,
}

/// <summary>A stored enrollment of a student in a course. There is at most one per student and course.</summary>
public sealed record EnrollmentDocument
{
    public ObjectId Id { get; init; }
    public required ObjectId CourseId { get; init; }
    public required ObjectId StudentId { get; init; }
    public EnrollmentStatus Status { get; init; }

    /// <summary>Grade for the course, 0 to 100.</summary>
    public double? Grade { get; init; }

    /// <summary>When the student last enrolled.</summary>
    public DateTimeOffset EnrolledAt { get; init; }
    public DateTimeOffset? CompletedAt { get; init; }
    public DateTimeOffset? WithdrawnAt { get; init; }

    /// <summary>The latest operations of batches; see <see cref="EnrollmentOperations"/>.</summary>
    public IReadOnlyList<ObjectId> Operations { get; init; } = [];
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

/// <summary>The field names of stored enrollments, for filters and pipelines.</summary>
internal static class EnrollmentFields
{
    internal const string Id = "_id";
    internal const string CourseId = "courseId";
    internal const string StudentId = "studentId";
    internal const string Status = "status";
    internal const string Grade = "grade";
    internal const string EnrolledAt = "enrolledAt";
    internal const string Version = "version";
    internal const string DeletedAt = "deletedAt";
    internal const string ArchivedAt = "archivedAt";
    internal const string Active = nameof(EnrollmentStatus.Active);
    internal const string Withdrawn = nameof(EnrollmentStatus.Withdrawn);
}
