using System.Security.Claims;
using MovieLms.ApiService.Http;
using MovieLms.Application.Access;
using MovieLms.Data.Courses;

namespace MovieLms.ApiService.Courses;

/// <summary>Derives course access from the caller's claims.</summary>
internal static class Callers
{
    /// <summary>
    /// Returns the caller's access to courses. Instructors manage the courses they own, administrators manage all courses, and students
    /// manage none, not even one they own.
    /// </summary>
    internal static CourseAccess CourseAccess(this ClaimsPrincipal caller) =>
        Data.Courses.CourseAccess.Create(
            caller.GetObjectId(),
            caller.Can(Permissions.CoursesWrite),
            caller.Can(Permissions.CoursesManageAll)
        );
}
