using System.Security.Claims;
using MongoDB.Bson;
using MovieLms.ApiService.Courses;
using MovieLms.ApiService.Http;
using MovieLms.Data.Courses;
using MovieLms.Data.Enrollments;

namespace MovieLms.ApiService.Assignments;

/// <summary>A user's role in a course.</summary>
internal enum CourseRole
{
    /// <summary>No access: the course is reported as not found.</summary>
    None,

    /// <summary>Is enrolled in the published course.</summary>
    Student,

    /// <summary>Manages the course.</summary>
    Staff,
}

/// <summary>A user's role in a course, and whether the course is read-only.</summary>
internal readonly record struct CourseStanding(CourseRole Role, bool IsArchived);

/// <summary>Looks up the caller's role in a course.</summary>
internal sealed class CourseMembers(CourseStore courses, EnrollmentStore enrollments)
{
    internal async Task<CourseRole> GetRoleAsync(ObjectId courseId, ClaimsPrincipal caller, CancellationToken cancellationToken) =>
        (await GetStandingAsync(courseId, caller, cancellationToken)).Role;

    internal async Task<CourseStanding> GetStandingAsync(ObjectId courseId, ClaimsPrincipal caller, CancellationToken cancellationToken)
    {
        var access = caller.CourseAccess();
        if (await courses.GetVisibleAsync(courseId, access, cancellationToken) is not { } course)
            return new CourseStanding(CourseRole.None, false);
        var role =
            access.Manages(course) ? CourseRole.Staff
            : await enrollments.IsActiveAsync(courseId, caller.GetObjectId(), cancellationToken) ? CourseRole.Student
            : CourseRole.None;
        return new CourseStanding(role, course.ArchivedAt is not null);
    }
}
