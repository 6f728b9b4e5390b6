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

/// <summary>Tells what callers are to courses.</summary>
internal sealed class CourseMembers(CourseStore courses, EnrollmentStore enrollments)
{
    internal async Task<CourseRole> RoleAsync(ObjectId courseId, ClaimsPrincipal caller, CancellationToken cancellationToken)
    {
        var access = caller.CourseAccess();
        if (await courses.GetVisibleAsync(courseId, access, cancellationToken) is not { } course) return CourseRole.None;
        if (access.Manages(course)) return CourseRole.Staff;
        return await enrollments.IsActiveAsync(courseId, caller.ObjectId(), cancellationToken) ? CourseRole.Student : CourseRole.None;
    }
}
