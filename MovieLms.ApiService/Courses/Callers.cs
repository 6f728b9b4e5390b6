using System.Security.Claims;
using MovieLms.ApiService.Http;
using MovieLms.Application.Access;
using MovieLms.Data.Courses;

namespace MovieLms.ApiService.Courses;

/// <summary>Access of callers to courses.</summary>
internal static class Callers
{
    /// <summary>Instructors manage the courses they own, administrators all of them, and students none, even one that they own.</summary>
    internal static CourseAccess CourseAccess(this ClaimsPrincipal caller) =>
        Data.Courses.CourseAccess.Of(caller.ObjectId(), caller.Can(Permissions.CoursesWrite), caller.Can(Permissions.CoursesManageAll));
}
