using System.Security.Claims;
using MovieLms.Client;
using MovieLms.ServiceDefaults.Access;
using MovieLms.Web.Session;

namespace MovieLms.Web.Courses;

/// <summary>A course that the visitor teaches or takes.</summary>
/// <param name="Id">The ID of the course.</param>
/// <param name="Title">The title of the course.</param>
/// <param name="IsTaught">Whether the visitor owns it.</param>
/// <param name="Enrollment">The visitor's enrollment; null for a course that the visitor owns.</param>
public sealed record OwnCourse(string Id, string Title, bool IsTaught, EnrollmentResponse? Enrollment)
{
    private const int Limit = 100;

    /// <summary>Returns up to 100 courses that the visitor owns and up to 100 that the visitor takes.</summary>
    internal static async Task<IReadOnlyList<OwnCourse>> ReadAsync(ConsoleApi console, ClaimsPrincipal visitor)
    {
        var taken = console.Api.ListEnrollmentsAsync(status: ListEnrollmentsStatus.Active, limit: Limit, cancellationToken: console.Left);
        var owned = visitor.CanCreateCourses()
            ? console.Api.ListCoursesAsync(ownerId: visitor.Id(), limit: Limit, cancellationToken: console.Left)
            : Task.FromResult(new PageOfCourseResponse());
        await Task.WhenAll(taken, owned);
        var courses = (await owned).Items.Select(course => new OwnCourse(course.Id, course.Title, IsTaught: true, Enrollment: null));
        // The title is missing if the course is gone.
        var enrolled =
            from enrollment in (await taken).Items
            where enrollment.CourseTitle is not null
            select new OwnCourse(enrollment.CourseId, enrollment.CourseTitle!, IsTaught: false, enrollment);
        return [.. courses.Concat(enrolled).DistinctBy(course => course.Id)];
    }
}
