using MongoDB.Bson;

namespace MovieLms.Data.Lectures;

/// <summary>A lecture of a course as it is stored. Its position is stored in the course.</summary>
public sealed record LectureDocument
{
    public ObjectId Id { get; init; }
    public required ObjectId CourseId { get; init; }

    /// <summary>Not empty; up to <see cref="LectureLimits.Title"/> characters.</summary>
    public required string Title { get; init; }
    public string? Description { get; init; }

    /// <summary>The film it is about.</summary>
    public ObjectId? MovieId { get; init; }
    public DateTimeOffset? StartsAt { get; init; }
    public int? DurationMinutes { get; init; }
    public long Version { get; init; } = 1;
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
    public DateTimeOffset? DeletedAt { get; init; }

    /// <summary>The cascade that deleted it.</summary>
    public ObjectId? DeletedBy { get; init; }
    public DateTimeOffset? ArchivedAt { get; init; }

    /// <summary>The cascade that archived it.</summary>
    public ObjectId? ArchivedBy { get; init; }

    /// <summary>When students can mark their attendance; null for a lecture without a start time: at any time.</summary>
    public AttendanceWindow? GetAttendanceWindow() => AttendanceWindow.Of(StartsAt, DurationMinutes);
}

/// <summary>A lecture with its movie.</summary>
public sealed record LectureView
{
    public required LectureDocument Lecture { get; init; }

    /// <summary>The movie; null if the lecture has none or the movie is deleted.</summary>
    public LectureFilm? Film { get; init; }
}

/// <summary>The ID and title of a lecture's movie.</summary>
public sealed record LectureFilm(ObjectId Id, string Title);

/// <summary>The details of a lecture that a course manager writes, validated against <see cref="LectureLimits"/>.</summary>
public sealed record LectureDetails(string Title, string? Description, ObjectId? MovieId, DateTimeOffset? StartsAt, int? DurationMinutes);

/// <summary>The limits of lectures.</summary>
public static class LectureLimits
{
    public const int Title = 200;
    public const int Description = 10_000;
    public const int DurationMinutes = 24 * 60;

    /// <summary>Maximum number of lectures per course, because their order is stored in the course.</summary>
    public const int MaxPerCourse = 500;
}

/// <summary>The field names of a stored lecture, for filters and pipelines.</summary>
internal static class LectureFields
{
    internal const string Id = "_id";
    internal const string CourseId = "courseId";
    internal const string MovieId = "movieId";
    internal const string StartsAt = "startsAt";
    internal const string DurationMinutes = "durationMinutes";
    internal const string Version = "version";
    internal const string DeletedAt = "deletedAt";

    /// <summary>Returns the filter for a lecture of a course that is not deleted.</summary>
    internal static BsonDocument Live(ObjectId courseId, ObjectId id) =>
        new()
        {
            { Id, id },
            { CourseId, courseId },
            { DeletedAt, BsonNull.Value },
        };
}
