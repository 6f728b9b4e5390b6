using System.Security.Claims;
using MovieLms.ApiService.Http;
using MovieLms.Data.Courses;
using MovieLms.ServiceDefaults.Access;

namespace MovieLms.ApiService.Courses;

/// <summary>Callers as courses know them.</summary>
internal static class Callers
{
    /// <summary>An instructor manages the courses they own, an admin all.</summary>
    internal static CourseAccess CourseAccess(this ClaimsPrincipal caller) => new(caller.ObjectId(), caller.Can(Permissions.CoursesManageAll));
}
