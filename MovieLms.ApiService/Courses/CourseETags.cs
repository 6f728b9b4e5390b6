using MovieLms.ApiService.Http;
using MovieLms.Data.Courses;

namespace MovieLms.ApiService.Courses;

/// <summary>
/// Entity tags of courses. A tag includes the number of places taken, so that a cached copy becomes stale after an enrollment.
/// <c>If-Match</c> compares only the version of the details, which enrollments do not change.
/// </summary>
internal static class CourseETags
{
    private const long VersionFactor = CourseLimits.Capacity * 10L;

    internal static long Of(CourseDocument course) => (course.Version * VersionFactor) + (course.ActiveEnrollments % VersionFactor);

    /// <summary>Returns the versions that the header allows; null if it allows any.</summary>
    internal static IReadOnlyCollection<long>? Versions(string? ifMatch) =>
        ETags.Versions(ifMatch) is { } tags ? [.. tags.Select(tag => tag / VersionFactor)] : null;
}
