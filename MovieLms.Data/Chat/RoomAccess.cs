using MongoDB.Bson;
using MovieLms.Data.Courses;
using MovieLms.Data.Enrollments;

namespace MovieLms.Data.Chat;

/// <summary>What somebody may do in a room.</summary>
/// <param name="MayRead">Enter, read, see who is there.</param>
/// <param name="MayWrite">Send, edit, delete. False for an archived room.</param>
/// <param name="IsStaff">Edit and delete what others wrote.</param>
public readonly record struct RoomRights(bool MayRead, bool MayWrite, bool IsStaff);

/// <summary>
/// Who may be in which room, read from the database each time: a withdrawal or a deletion holds from its write on, and not
/// from when some message about it arrives.
/// </summary>
public sealed class RoomAccess(CourseStore courses, EnrollmentStore enrollments)
{
    /// <summary>In the room of everybody.</summary>
    public static RoomRights InLobby(bool isAdmin) => new(true, true, isAdmin);

    /// <summary>In a course's room: enrolled students and those who manage the course; nobody when the course is deleted.</summary>
    public async Task<RoomRights> InCourseAsync(ObjectId courseId, CourseAccess access, CancellationToken cancellationToken)
    {
        if (await courses.GetAsync(courseId, cancellationToken) is not { } course)
            return default;
        var isStaff = access.Manages(course);
        if (!isStaff && !await enrollments.IsActiveAsync(courseId, access.UserId, cancellationToken))
            return default;
        return new RoomRights(true, course.ArchivedAt is null, isStaff);
    }
}
