using System.Globalization;
using MovieLms.Client;
using MovieLms.Web.Layout;

namespace MovieLms.Web.Courses;

/// <summary>Courses as visitors read them.</summary>
internal static class CourseTexts
{
    private const int ExcerptLength = 160;

    /// <summary>Returns the price, or "Free".</summary>
    internal static string Price(CourseResponse course) =>
        course.Price == 0 ? "Free" : string.Create(CultureInfo.InvariantCulture, $"{course.Price:N2} {course.Currency}");

    /// <summary>Returns how many places are taken.</summary>
    internal static string Places(CourseResponse course) =>
        course.Capacity is { } capacity
            ? $"{Texts.Count(course.ActiveEnrollments)} of {Texts.Count(capacity, "place")} taken"
            : Texts.Count(course.ActiveEnrollments, "student");

    /// <summary>Returns the name of the instructor.</summary>
    internal static string Instructor(CourseResponse course) => course.Instructor.Name ?? "A former member";

    /// <summary>Returns the beginning of a text, up to a word.</summary>
    internal static string Excerpt(string text)
    {
        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (line.Length <= ExcerptLength)
            return line;
        var end = line.LastIndexOf(' ', ExcerptLength);
        // A surrogate pair is not split.
        if (end <= 0)
            end = char.IsHighSurrogate(line[ExcerptLength - 1]) ? ExcerptLength - 1 : ExcerptLength;
        return line[..end].TrimEnd(',', '.', ';', ':') + "…";
    }

    /// <summary>Returns a duration: 45 min, 1 h 30 min.</summary>
    internal static string Duration(int minutes) =>
        minutes < 60 ? $"{minutes} min"
        : minutes % 60 == 0 ? $"{minutes / 60} h"
        : $"{minutes / 60} h {minutes % 60} min";

    internal static string Status(EnrollmentStatus status) =>
        status switch
        {
            EnrollmentStatus.Active => "Active",
            EnrollmentStatus.Completed => "Completed",
            _ => "Withdrawn",
        };

    /// <summary>Returns a grade from 0 to 100.</summary>
    internal static string Grade(double grade) => grade.ToString("0.##", CultureInfo.InvariantCulture);
}
