using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using MovieLms.ApiService.Http;
using MovieLms.Data.Courses;

namespace MovieLms.ApiService.Courses;

/// <summary>
/// Entity tags of courses. A tag includes the number of places taken and a hash of the instructor's name, so that a cached copy becomes
/// stale after an enrollment or a rename. <c>If-Match</c> compares only the version of the details, which neither changes.
/// </summary>
internal static class CourseETags
{
    private const long NameFactor = 100_000;
    private const long SeatFactor = CourseLimits.Capacity * 10L;
    private const long VersionFactor = SeatFactor * NameFactor;

    internal static long Of(CourseDocument course, string? instructor) =>
        (course.Version * VersionFactor) + (course.ActiveEnrollments % SeatFactor * NameFactor) + Hash(instructor);

    /// <summary>Returns the versions that the header allows; null if it allows any.</summary>
    internal static IReadOnlyCollection<long>? Versions(string? ifMatch) =>
        ETags.Versions(ifMatch) is { } tags ? [.. tags.Select(tag => tag / VersionFactor)] : null;

    /// <summary>Returns a hash that is the same in every process.</summary>
    private static long Hash(string? name) =>
        BinaryPrimitives.ReadUInt32LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(name ?? string.Empty))) % NameFactor;
}
