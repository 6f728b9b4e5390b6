using System.Security.Claims;
using MovieLms.Client;
using MovieLms.ServiceDefaults.Access;

namespace MovieLms.Web.Courses;

/// <summary>What a visitor may do in courses. The API decides again.</summary>
internal static class CourseRights
{
    /// <summary>Returns whether the visitor may create courses.</summary>
    internal static bool CanCreateCourses(this ClaimsPrincipal? visitor) => visitor?.Role() is Roles.Instructor or Roles.Admin;

    /// <summary>Returns whether the visitor manages a course: administrators all, instructors their own.</summary>
    internal static bool Manages(this ClaimsPrincipal? visitor, CourseResponse course) =>
        visitor?.Role() switch
        {
            Roles.Admin => true,
            Roles.Instructor => visitor.Id() == course.OwnerId,
            _ => false,
        };
}
