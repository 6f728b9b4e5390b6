using MongoDB.Bson;
using MovieLms.Data.Courses;
using MovieLms.Data.Enrollments;

namespace MovieLms.Data.Chat;

/// <summary>A user's rights in a room.</summary>
/// <param name="MayRead">The user may enter, read, and see who is present.</param>
/// <param name="MayWrite">The user may send, edit and delete messages. False for an archived room.</param>
/// <param name="IsStaff">The user may edit and delete messages of others.</param>
public readonly record struct RoomRights(bool MayRead, bool MayWrite, bool IsStaff);

/// <summary>
/// Decides who may use a room, from the database on every call: a withdrawal or a deletion takes effect with its write, not when a
/// message about it arrives.
/// </summary>
public sealed class RoomAccess(CourseStore courses, EnrollmentStore enrollments)
{
    /// <summary>Returns a user's rights in the lobby.</summary>
    public static RoomRights GetLobbyRights(bool isAdmin) => new(true, true, isAdmin);

    /// <summary>
    /// Returns a user's rights in a course's room. Enrolled students and managers of the course have access, unless it is deleted.
    /// </summary>
    public async Task<RoomRights> GetCourseRightsAsync(ObjectId courseId, CourseAccess access, CancellationToken cancellationToken)
    {
        // Read at the same time, because every message waits for both.
        var isEnrolled = enrollments.IsActiveAsync(courseId, access.UserId, cancellationToken);
        var found = courses.GetAsync(courseId, cancellationToken);
        await Task.WhenAll(isEnrolled, found);
        if (await found is not { } course)
            return default;
        var isStaff = access.Manages(course);
        if (!isStaff && !await isEnrolled)
            return default;
        return new RoomRights(true, course.ArchivedAt is null, isStaff);
    }
}
