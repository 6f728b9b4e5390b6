using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using MovieLms.ApiService.Courses;
using MovieLms.ApiService.Http;
using MovieLms.Application.Access;
using MovieLms.Data.Courses;
using MovieLms.ServiceDefaults.Errors;

namespace MovieLms.ApiService.Enrollments;

/// <summary>Enrolls and withdraws many students of a course in one request, for its managers.</summary>
internal static class EnrollmentBatchEndpoint
{
    internal static void MapEnrollmentBatch(this IEndpointRouteBuilder routes) =>
        routes
            .MapArea("/api/courses/{id}/enrollments", "Enrollments")
            .WithNoStore()
            .MapPost("/batch", ApplyAsync)
            .RequirePermission(Permissions.CoursesWrite)
            .ForbidsNonManagers()
            .WithName("changeEnrollments")
            .WithSummary("Enroll and withdraw several students")
            .WithDescription(
                "Applies up to 200 rows one after the other and returns the result of each: a rejected row does not stop the others. "
                    + "Withdrawals are applied first. With an `Idempotency-Key`, a repeated request applies only the rows that an "
                    + "interrupted attempt has not applied."
            )
            .ProducesAccessProblems()
            .ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<Results<Ok<EnrollmentBatchResponse>, ProblemHttpResult>> ApplyAsync(
        [Description("The course's ID")] string id,
        EnrollmentBatchRequest body,
        HttpContext http,
        CourseStore courses,
        EnrollmentBatch batch,
        CancellationToken cancellationToken
    )
    {
        var count = (body.Enroll?.Count ?? 0) + (body.Withdraw?.Count ?? 0);
        if (count is 0 or > EnrollmentBatchRequest.MaxRows)
            throw new InvalidInputException("enroll", $"The lists must have 1 to {EnrollmentBatchRequest.MaxRows} rows together.");
        if (
            !Problems.TryParseId(id, out var courseId)
            || await courses.GetManagedAsync(courseId, http.User.CourseAccess(), cancellationToken) is not { } course
        )
        {
            return Problems.NotFound("course");
        }

        return TypedResults.Ok(await batch.ApplyAsync(course, body, http.ReservedId(), cancellationToken));
    }
}
