using System.ComponentModel;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using MovieLms.ApiService.Http;
using MovieLms.Application.Access;
using MovieLms.Data.Analytics.Courses;
using MovieLms.Data.Courses;
using MovieLms.ServiceDefaults.Compression;

namespace MovieLms.ApiService.Courses;

/// <summary>Analytics of one course, for its managers.</summary>
internal static class CourseAnalyticsEndpoint
{
    internal static void MapCourseAnalytics(this IEndpointRouteBuilder routes) =>
        routes
            .MapArea("/api/analytics/courses", "Analytics")
            .MapGet("/{id}", GetAsync)
            .RequirePermission(Permissions.CoursesWrite)
            .WithCompression()
            .ForbidsNonManagers()
            .WithName("getCourseAnalytics")
            .WithSummary("Get analytics of a course")
            .WithDescription("Enrollments by status, the distribution of grades and the attendance of each lecture.")
            .ProducesAccessProblems()
            .ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<Results<Ok<CourseReport>, ProblemHttpResult>> GetAsync(
        [Description("The course's ID")] string id,
        ClaimsPrincipal caller,
        CourseStore courses,
        CourseAnalytics analytics,
        CancellationToken cancellationToken
    )
    {
        if (
            !Problems.TryParseId(id, out var courseId)
            || await courses.GetManagedAsync(courseId, caller.CourseAccess(), cancellationToken) is not { } course
        )
        {
            return Problems.NotFound("course");
        }

        return TypedResults.Ok(await analytics.ReportAsync(course, cancellationToken));
    }
}
