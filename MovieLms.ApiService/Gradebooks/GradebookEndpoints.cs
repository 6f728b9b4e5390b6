using System.ComponentModel;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using MovieLms.ApiService.Courses;
using MovieLms.ApiService.Http;
using MovieLms.Application.Access;
using MovieLms.Data.Courses;
using MovieLms.Data.Gradebooks;

namespace MovieLms.ApiService.Gradebooks;

/// <summary>The gradebook of a course for its managers, as JSON and as CSV, and a student's own grades.</summary>
internal static class GradebookEndpoints
{
    internal static void MapGradebook(this IEndpointRouteBuilder routes)
    {
        var course = routes.MapArea("/api/courses/{id}", "Gradebook").WithNoStore();
        course
            .MapGet("/gradebook", GetAsync)
            .RequirePermission(Permissions.CoursesWrite)
            .ForbidsNonManagers()
            .WithName("getGradebook")
            .WithSummary("Get the gradebook of a course")
            .WithDescription(
                "One row per student who is enrolled or has completed the course, with the grades of all assignments, averages, late "
                    + "submissions and attendance, one page at a time."
            )
            .ProducesAccessProblems()
            .ProducesProblem(StatusCodes.Status404NotFound);
        course
            .MapGet("/gradebook.csv", GetCsvAsync)
            .RequirePermission(Permissions.CoursesWrite)
            .ForbidsNonManagers()
            .WithName("downloadGradebook")
            .WithSummary("Download the gradebook of a course")
            .WithDescription(
                "A CSV file with the columns `name,email,status,grade`, one column per assignment with its title and the grades, and "
                    + "`average,submitted,late,attended`. One row per student, all of them."
            )
            .Produces(StatusCodes.Status200OK, contentType: "text/csv")
            .ProducesAccessProblems()
            .ProducesProblem(StatusCodes.Status404NotFound);
        course
            .MapGet("/grades/me", GetOwnAsync)
            .RequirePermission(Permissions.SignedIn)
            .WithName("getOwnGrades")
            .WithSummary("Get the caller's grades in a course")
            .WithDescription("For students of the course: their row of the gradebook. 404 for anyone else.")
            .ProducesAccessProblems()
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Results<Ok<GradebookResponse>, ProblemHttpResult>> GetAsync(
        [Description("The course's ID")] string id,
        [AsParameters] PageQuery page,
        ClaimsPrincipal caller,
        CourseStore courses,
        GradebookReader gradebooks,
        CancellationToken cancellationToken
    )
    {
        var position = page.GetPosition(GradebookReader.Sort, key => key.IsBsonNull);
        var size = page.GetSize();
        if (await FindManagedAsync(id, caller, courses, cancellationToken) is not { } course)
            return Problems.NotFound("course");
        var columns = await gradebooks.GetColumnsAsync(course.Id, includesTotals: true, cancellationToken);
        var rows = await gradebooks.ListAsync(course.Id, columns, position, size, cancellationToken);
        return TypedResults.Ok(GradebookResponse.From(course, columns, rows));
    }

    private static async Task<Results<PushStreamHttpResult, ProblemHttpResult>> GetCsvAsync(
        [Description("The course's ID")] string id,
        HttpContext http,
        CourseStore courses,
        GradebookReader gradebooks,
        CancellationToken cancellationToken
    )
    {
        if (await FindManagedAsync(id, http.User, courses, cancellationToken) is not { } course)
            return Problems.NotFound("course");
        var columns = await gradebooks.GetColumnsAsync(course.Id, includesTotals: false, cancellationToken);
        http.Response.Headers[HeaderNames.XContentTypeOptions] = "nosniff";
        return TypedResults.Stream(
            body => GradebookCsv.WriteAsync(body, columns, gradebooks.ReadAsync(course.Id, columns, cancellationToken), cancellationToken),
            "text/csv; charset=utf-8",
            $"gradebook-{course.Id}.csv"
        );
    }

    private static async Task<Results<Ok<OwnGradesResponse>, ProblemHttpResult>> GetOwnAsync(
        [Description("The course's ID")] string id,
        ClaimsPrincipal caller,
        CourseStore courses,
        GradebookReader gradebooks,
        CancellationToken cancellationToken
    )
    {
        if (
            !Problems.TryParseId(id, out var courseId)
            || await courses.GetVisibleAsync(courseId, caller.CourseAccess(), cancellationToken) is not { } course
        )
        {
            return Problems.NotFound("course");
        }

        var columns = await gradebooks.GetColumnsAsync(courseId, includesTotals: false, cancellationToken);
        return await gradebooks.FindAsync(courseId, columns, caller.GetObjectId(), cancellationToken) is { } row
            ? TypedResults.Ok(OwnGradesResponse.From(course, columns, row))
            : Problems.NotFound("enrollment");
    }

    private static async Task<CourseDocument?> FindManagedAsync(
        string id,
        ClaimsPrincipal caller,
        CourseStore courses,
        CancellationToken cancellationToken
    ) =>
        Problems.TryParseId(id, out var courseId)
            ? await courses.GetManagedAsync(courseId, caller.CourseAccess(), cancellationToken)
            : null;
}
