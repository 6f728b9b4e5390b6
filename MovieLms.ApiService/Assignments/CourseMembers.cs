using System.Security.Claims;
using MongoDB.Bson;
using MovieLms.ApiService.Courses;
using MovieLms.ApiService.Http;
using MovieLms.Data.Courses;
using MovieLms.Data.Enrollments;

namespace MovieLms.ApiService.Assignments;

/// <summary>What somebody is to a course.</summary>
internal enum CourseRole
{
    /// <summary>Nothing: for them there is no such course.</summary>
    None,

    /// <summary>Takes part in the published course.</summary>
    Student,

    /// <summary>Manages it.</summary>
    Staff,
}

/// <summary>What somebody is to a course, and whether it can only be read.</summary>
internal readonly record struct CourseStanding(CourseRole Role, bool IsArchived);

/// <summary>Tells what callers are to courses.</summary>
internal sealed class CourseMembers(CourseStore courses, EnrollmentStore enrollments)
{
    internal async Task<CourseRole> RoleAsync(ObjectId courseId, ClaimsPrincipal caller, CancellationToken cancellationToken) =>
        (await StandingAsync(courseId, caller, cancellationToken)).Role;

    internal async Task<CourseStanding> StandingAsync(ObjectId courseId, ClaimsPrincipal caller, CancellationToken cancellationToken)
    {
        var access = caller.CourseAccess();
        if (await courses.GetVisibleAsync(courseId, access, cancellationToken) is not { } course)
            return new CourseStanding(CourseRole.None, false);
        var role =
            access.Manages(course) ? CourseRole.Staff
            : await enrollments.IsActiveAsync(courseId, caller.ObjectId(), cancellationToken) ? CourseRole.Student
            : CourseRole.None;
        return new CourseStanding(role, course.ArchivedAt is not null);
    }
}
