using MovieLms.ApiService.Http;
using MovieLms.Data.Courses;

namespace MovieLms.ApiService.Courses;

/// <summary>
/// Entity tags of courses. A tag tells the places taken too, so that a cached copy is not taken for current after an
/// enrolment; <c>If-Match</c> asks only for the version of the details, which enrolments do not change.
/// </summary>
internal static class CourseTags
{
    private const long Places = CourseLimits.Capacity * 10L;

    internal static long Of(CourseDocument course) => (course.Version * Places) + (course.ActiveEnrollments % Places);

    /// <summary>The versions that the header allows; null for any.</summary>
    internal static IReadOnlyCollection<long>? Versions(string? ifMatch) =>
        ETags.Versions(ifMatch) is { } tags ? [.. tags.Select(tag => tag / Places)] : null;
}
