using MongoDB.Bson;

namespace MovieLms.Data.Courses;

/// <summary>Who sees a course.</summary>
public enum CourseStatus
{
    /// <summary>Only those who manage it.</summary>
    Draft,

    /// <summary>Every signed-in user.</summary>
    Published,
}

/// <summary>A course as it is stored.</summary>
public sealed record CourseDocument
{
    public ObjectId Id { get; init; }

    /// <summary>At most <see cref="CourseLimits.Title"/> characters, not empty.</summary>
    public required string Title { get; init; }

    /// <summary>The title as it is sorted by.</summary>
    public required string TitleKey { get; init; }

    /// <summary>The title's words as they are searched for.</summary>
    public required IReadOnlyList<string> Words { get; init; }

    public string? Description { get; init; }

    /// <summary>In units of <see cref="Currency"/>, two decimals; 0 is free.</summary>
    public decimal Price { get; init; }

    /// <summary>ISO 4217, three capitals.</summary>
    public required string Currency { get; init; }

    /// <summary>Most places; null for no bound.</summary>
    public int? Capacity { get; init; }
    public CourseStatus Status { get; init; }

    /// <summary>The user who manages it while their role is instructor or administrator. Administrators manage every course.</summary>
    public required ObjectId OwnerId { get; init; }

    /// <summary>
    /// Places taken: enrolments that are not withdrawn, and those being made. Changed only by <see cref="Enrollments.CourseSeats"/>.
    /// </summary>
    public int ActiveEnrollments { get; init; }

    /// <summary>Changes of places under way; empty but for moments, or after a crash until the repair.</summary>
    public IReadOnlyList<SeatClaim> SeatClaims { get; init; } = [];

    /// <summary>Grows with every change of places: a recount that another change overtook is not written.</summary>
    public long SeatVersion { get; init; }

    /// <summary>The lectures' ids in their order; those without a lecture (deleted, or not yet written) are passed over.</summary>
    public IReadOnlyList<ObjectId> LectureOrder { get; init; } = [];

    /// <summary>Grows with every change of the details; enrolments leave it.</summary>
    public long Version { get; init; } = 1;
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
    public DateTimeOffset? DeletedAt { get; init; }

    /// <summary>The cascade that deleted it.</summary>
    public ObjectId? DeletedBy { get; init; }

    /// <summary>An archived course can be read and not be changed.</summary>
    public DateTimeOffset? ArchivedAt { get; init; }

    /// <summary>The cascade that archived it.</summary>
    public ObjectId? ArchivedBy { get; init; }
}

/// <summary>A change of one student's place that is under way, written before the enrolment and taken away after it.</summary>
/// <param name="Id">Its own.</param>
/// <param name="StudentId">Whose place; a student has at most one change under way in a course.</param>
/// <param name="At">Since when.</param>
public sealed record SeatClaim(ObjectId Id, ObjectId StudentId, DateTimeOffset At);

/// <summary>A course after a transfer, and the owner before it.</summary>
public sealed record OwnerChange(CourseDocument Course, ObjectId PreviousOwnerId);

/// <summary>What a course's manager writes, checked against <see cref="CourseLimits"/>.</summary>
public sealed record CourseDetails(string Title, string? Description, decimal Price, string Currency, int? Capacity, CourseStatus Status);

/// <summary>The bounds of a course's fields.</summary>
public static class CourseLimits
{
    public const int Title = 200;
    public const int Description = 10_000;
    public const double Price = 1_000_000;
    public const int Capacity = 1_000_000;
}
