using System.ComponentModel;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using MovieLms.ApiService.Analytics;
using MovieLms.ApiService.Http;
using MovieLms.Application.Access;
using MovieLms.Data.Analytics.Courses;
using MovieLms.Data.Courses;
using MovieLms.ServiceDefaults.Compression;

namespace MovieLms.ApiService.Courses;

/// <summary>Analytics of one course, for its managers.</summary>
internal static class CourseAnalyticsEndpoint
{
    internal static void MapCourseAnalytics(this IEndpointRouteBuilder routes)
    {
        var course = routes
            .MapArea("/api/analytics/courses/{id}", "Analytics")
            .RequirePermission(Permissions.CoursesWrite)
            .WithCompression();
        course
            .MapGet("/", GetAsync)
            .ForbidsNonManagers()
            .WithName("getCourseAnalytics")
            .WithSummary("Get analytics of a course")
            .WithDescription("Enrollments by status, the distribution of grades and the attendance of each lecture.")
            .ProducesAccessProblems()
            .ProducesProblem(StatusCodes.Status404NotFound);
        course
            .MapGet("/pipeline", ExplainAsync)
            .ForbidsNonManagers()
            .WithName("explainCourseAnalytics")
            .WithSummary("Get the pipelines of a course's analytics")
            .WithDescription("The stages as they are sent to MongoDB, each with an explanation.")
            .ProducesAccessProblems()
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

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

    private static async Task<Results<Ok<ExplanationResponse>, ProblemHttpResult>> ExplainAsync(
        [Description("The course's ID")] string id,
        ClaimsPrincipal caller,
        CourseStore courses,
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

        return TypedResults.Ok(ExplanationResponse.Of(CoursePipelines.Enrollments(course.Id), CoursePipelines.Lectures(course.Id)));
    }
}
