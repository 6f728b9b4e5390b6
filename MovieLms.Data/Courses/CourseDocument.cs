using MongoDB.Bson;

namespace MovieLms.Data.Courses;

/// <summary>Who sees a course.</summary>
public enum CourseStatus
{
    /// <summary>Visible only to users who manage the course.</summary>
    Draft,

    /// <summary>Visible to every signed-in user.</summary>
    Published,
}

/// <summary>A stored course.</summary>
public sealed record CourseDocument
{
    public ObjectId Id { get; init; }

    /// <summary>At most <see cref="CourseLimits.Title"/> characters, not empty.</summary>
    public required string Title { get; init; }

    /// <summary>Sort key of the title.</summary>
    public required string TitleKey { get; init; }

    /// <summary>The words of the title, normalized for searches.</summary>
    public required IReadOnlyList<string> Words { get; init; }

    public string? Description { get; init; }

    /// <summary>Amount in <see cref="Currency"/> with two decimals; 0 when the course is free.</summary>
    public decimal Price { get; init; }

    /// <summary>ISO 4217 code: three capital letters.</summary>
    public required string Currency { get; init; }

    /// <summary>Maximum number of seats; null when there is no limit.</summary>
    public int? Capacity { get; init; }
    public CourseStatus Status { get; init; }

    /// <summary>The user who manages it while their role is instructor or administrator. Administrators manage every course.</summary>
    public required ObjectId OwnerId { get; init; }

    /// <summary>
    /// Number of seats in use: enrollments that are not withdrawn, and those in progress. Changed only by
    /// <see cref="Enrollments.CourseSeats"/>.
    /// </summary>
    public int ActiveEnrollments { get; init; }

    /// <summary>Seat changes in progress. Empty most of the time; after a crash, a claim stays until the repair.</summary>
    public IReadOnlyList<SeatClaim> SeatClaims { get; init; } = [];

    /// <summary>Incremented with every seat change, so that a recount is not written after a concurrent change.</summary>
    public long SeatVersion { get; init; }

    /// <summary>The IDs of the lectures in order. IDs without a lecture (deleted, or not yet written) are ignored.</summary>
    public IReadOnlyList<ObjectId> LectureOrder { get; init; } = [];

    /// <summary>Incremented with every change of the details, but not by enrollments.</summary>
    public long Version { get; init; } = 1;
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
    public DateTimeOffset? DeletedAt { get; init; }

    /// <summary>The cascade that deleted it.</summary>
    public ObjectId? DeletedBy { get; init; }

    /// <summary>When it was archived. An archived course is read-only.</summary>
    public DateTimeOffset? ArchivedAt { get; init; }

    /// <summary>The cascade that archived it.</summary>
    public ObjectId? ArchivedBy { get; init; }
}

/// <summary>A change of one student's seat that is in progress. It is written before the enrollment and removed after it.</summary>
/// <param name="Id">The ID of the claim.</param>
/// <param name="StudentId">The student, who has at most one claim in a course.</param>
/// <param name="At">When the change began.</param>
public sealed record SeatClaim(ObjectId Id, ObjectId StudentId, DateTimeOffset At);

/// <summary>A course after a transfer, with its previous owner.</summary>
public sealed record OwnerChange(CourseDocument Course, ObjectId PreviousOwnerId);

/// <summary>The editable fields of a course, already checked against <see cref="CourseLimits"/>.</summary>
public sealed record CourseDetails(string Title, string? Description, decimal Price, string Currency, int? Capacity, CourseStatus Status);

/// <summary>The limits of a course's fields.</summary>
public static class CourseLimits
{
    public const int Title = 200;
    public const int Description = 10_000;
    public const double Price = 1_000_000;
    public const int Capacity = 1_000_000;
}
