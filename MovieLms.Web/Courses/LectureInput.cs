using System.Globalization;
using MovieLms.Client;
using MovieLms.Web.Layout;

namespace MovieLms.Web.Courses;

/// <summary>The fields of a lecture as a form has them.</summary>
public sealed class LectureInput
{
    internal const string FormName = "lecture";

    public string? Title { get; private init; }

    public string? Description { get; private init; }

    /// <summary>The start in UTC; a script converts it from the visitor's time zone.</summary>
    public string? StartsAt { get; private init; }

    public string? DurationMinutes { get; private init; }

    /// <summary>The title of the movie, or words of it.</summary>
    public string? Movie { get; set; }

    /// <summary>The ID of the movie that was chosen last; empty for none.</summary>
    public string MovieId { get; set; } = "";

    /// <summary>The title of the movie that was chosen last.</summary>
    public string MovieTitle { get; set; } = "";

    /// <summary>The version that the form shows; empty for a new lecture.</summary>
    public string Version { get; set; } = "";

    /// <summary>Returns the fields of a lecture.</summary>
    internal static LectureInput From(LectureResponse lecture) =>
        new()
        {
            Title = lecture.Title,
            Description = lecture.Description,
            StartsAt = UtcTimeInput.Format(lecture.StartsAt),
            DurationMinutes = Texts.Number(lecture.DurationMinutes),
            Movie = lecture.Movie?.Title,
            MovieId = lecture.Movie?.Id ?? "",
            MovieTitle = lecture.Movie?.Title ?? "",
            Version = Texts.Number(lecture.Version)!,
        };

    /// <summary>Returns the fields that were sent; null if another form was sent, or none.</summary>
    internal static LectureInput? Read(HttpContext http) =>
        !http.HasSent(FormName)
            ? null
            : new LectureInput
            {
                Title = http.GetField("title"),
                Description = http.GetField("description"),
                StartsAt = http.GetField("startsAt"),
                DurationMinutes = http.GetField("durationMinutes"),
                Movie = http.GetField("movie"),
                MovieId = http.GetField("movieId"),
                MovieTitle = http.GetField("movieTitle"),
                Version = http.GetField("version"),
            };

    /// <summary>Returns the request without a movie, or the message of the field that is not a number or a time.</summary>
    internal (LectureRequest? Request, FormErrors Errors) ToRequest()
    {
        if (!UtcTimeInput.TryParse(StartsAt, out var start))
            return (null, FormErrors.Create("startsAt", "Enter a date and a time such as 2027-01-22T17:00."));
        int? duration = null;
        if (!string.IsNullOrWhiteSpace(DurationMinutes))
        {
            if (!int.TryParse(DurationMinutes.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var minutes))
                return (null, FormErrors.Create("durationMinutes", "Enter a whole number of minutes."));
            duration = minutes;
        }
        var request = new LectureRequest
        {
            Title = Title?.Trim() ?? "",
            Description = string.IsNullOrWhiteSpace(Description) ? null : Description,
            StartsAt = start,
            DurationMinutes = duration,
        };
        return (request, new FormErrors());
    }

    /// <summary>Returns the fields in which two inputs differ, with the other's value.</summary>
    internal IReadOnlyList<(string Label, string? Stored)> Compare(LectureInput stored)
    {
        var pairs = new (string Label, string? Mine, string? Stored)[]
        {
            ("Title", Title, stored.Title),
            ("Description", Description?.ReplaceLineEndings("\n"), stored.Description?.ReplaceLineEndings("\n")),
            ("Start in UTC", StartsAt, stored.StartsAt),
            ("Minutes", DurationMinutes, stored.DurationMinutes),
            ("Movie", Movie, stored.Movie),
        };
        return [.. pairs.Where(pair => (pair.Mine ?? "").Trim() != (pair.Stored ?? "").Trim()).Select(pair => (pair.Label, pair.Stored))];
    }
}
