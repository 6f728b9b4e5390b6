// Requests are public because ASP.NET Core's validation generator ignores types that are not.
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MongoDB.Bson;
using MovieLms.ApiService.Http;
using MovieLms.Data.Lectures;

namespace MovieLms.ApiService.Lectures;

/// <summary>A lecture as clients see it.</summary>
internal sealed record LectureResponse(
    string Id,
    string CourseId,
    string Title,
    string? Description,
    [property: Description("The ID of its movie, as in a request.")] string? MovieId,
    [property: Description("The movie it is about; null when there is none, or it was deleted.")] LectureMovieResponse? Movie,
    [property: Deprecated, Description("The former name of `movie`.")] LectureFilmResponse? Film,
    DateTimeOffset? StartsAt,
    int? DurationMinutes,
    [property: Description("When students can begin to mark their attendance; null without a start time: at any time.")]
        DateTimeOffset? AttendableFrom,
    [property: Description("Until when they can: 24 hours after the end. A lecture without a duration counts as one hour.")]
        DateTimeOffset? AttendableUntil,
    [property: Description(ETags.VersionDescription)] long Version,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt
)
{
    internal static LectureResponse From(LectureView view)
    {
        var window = view.Lecture.GetAttendanceWindow();
        return new(
            view.Lecture.Id.ToString(),
            view.Lecture.CourseId.ToString(),
            view.Lecture.Title,
            view.Lecture.Description,
            view.Film?.Id.ToString(),
            view.Film is { } movie ? new LectureMovieResponse(movie.Id.ToString(), movie.Title) : null,
            view.Film is { } film ? new LectureFilmResponse(film.Id.ToString(), film.Title) : null,
            view.Lecture.StartsAt,
            view.Lecture.DurationMinutes,
            window?.From,
            window?.Until,
            view.Lecture.Version,
            view.Lecture.CreatedAt,
            view.Lecture.UpdatedAt
        );
    }
}

/// <summary>The movie of a lecture.</summary>
internal sealed record LectureMovieResponse(string Id, string Title);

/// <summary>The movie of a lecture, under its former name.</summary>
internal sealed record LectureFilmResponse(string Id, string Title);

/// <summary>A lecture to add, or to replace another's details with.</summary>
public sealed record LectureRequest
{
    [Required, StringLength(LectureLimits.Title), PlainText]
    public string Title { get; init; } = string.Empty;

    [StringLength(LectureLimits.Description), PlainText(AllowsLines = true)]
    public string? Description { get; init; }

    [Description("The movie it is about.")]
    public string? MovieId { get; init; }

    public DateTimeOffset? StartsAt { get; init; }

    [Range(1, LectureLimits.DurationMinutes)]
    public int? DurationMinutes { get; init; }

    internal LectureDetails ToDetails(ObjectId? movieId) =>
        new(
            Title.Trim(),
            string.IsNullOrWhiteSpace(Description) ? null : Description.Trim(),
            movieId,
            StartsAt?.ToUniversalTime(),
            DurationMinutes
        );
}

/// <summary>A new order of a course's lectures.</summary>
/// <param name="Ids">Every lecture of the course, each once.</param>
public sealed record LectureOrderRequest([property: Required, MaxLength(LectureLimits.MaxPerCourse)] IReadOnlyList<string> Ids);

/// <summary>That somebody attended a lecture.</summary>
internal sealed record AttendanceResponse(
    string LectureId,
    string StudentId,
    [property: Description("Null when the account is gone.")] string? StudentName,
    DateTimeOffset AttendedAt
)
{
    internal static AttendanceResponse From(AttendanceDocument attendance, string? name) =>
        new(attendance.LectureId.ToString(), attendance.StudentId.ToString(), name, attendance.AttendedAt);
}
