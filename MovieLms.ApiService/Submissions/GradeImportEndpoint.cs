using System.ComponentModel;
using MovieLms.ApiService.Courses;
using MovieLms.ApiService.Http;
using MovieLms.ApiService.Imports;
using MovieLms.Application.Access;
using MovieLms.Data.Assignments;
using MovieLms.Data.Courses;
using MovieLms.Data.Imports;

namespace MovieLms.ApiService.Submissions;

/// <summary>Imports the grades of one assignment from a file.</summary>
internal static class GradeImportEndpoint
{
    internal static void MapGradeImport(this IEndpointRouteBuilder routes) =>
        routes
            .MapPost("/api/assignments/{id}/grades/import", ImportAsync)
            .AcceptsRows()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .WithTags("Submissions")
            .RequirePermission(Permissions.CoursesWrite)
            .WithName("importGrades")
            .WithSummary("Import grades")
            .WithDescription(
                "Grades submissions of the assignment from a CSV file with the columns `email`, `grade` and "
                    + "`feedback`. Responds with 202 at once; `GET` the `Location` to follow the progress."
            );

    private static async Task<IResult> ImportAsync(
        [Description("The assignment's ID")] string id,
        HttpContext http,
        ImportUpload upload,
        AssignmentStore assignments,
        CourseStore courses
    )
    {
        if (
            !Problems.TryParseId(id, out var key)
            || await assignments.GetAsync(key, http.RequestAborted) is not { } assignment
            || await courses.GetManagedAsync(assignment.CourseId, http.User.CourseAccess(), http.RequestAborted) is not { } course
        )
        {
            return Problems.NotFound("assignment");
        }

        return assignment.ArchivedAt is null && course.ArchivedAt is null
            ? await upload.AcceptAsync(http, ImportKind.Grades, key)
            : Problems.ReadOnly();
    }
}
