using System.ComponentModel;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using MovieLms.ApiService.Exports;
using MovieLms.ApiService.Http;
using MovieLms.Application.Access;
using MovieLms.Data.Courses;
using MovieLms.Data.Paging;
using MovieLms.Data.Storage;
using MovieLms.ServiceDefaults.Errors;

namespace MovieLms.ApiService.Courses;

/// <summary>
/// The courses. All users can read published courses, instructors manage their own, and administrators manage all. A course that the
/// caller cannot access is not found.
/// </summary>
internal static class CourseEndpoints
{
    private const string ResourceName = "course";
    private const string CapacityTooLow = "The capacity must not be lower than the number of places taken.";

    internal static void MapCourses(this IEndpointRouteBuilder routes)
    {
        var courses = routes.MapArea("/api/courses", "Courses");
        courses
            .MapGet("/", ListAsync)
            .RequirePermission(Permissions.SignedIn)
            .WithName("listCourses")
            .WithExport<CourseResponse>("courses")
            .WithSummary("List courses")
            .WithDescription(
                "The courses that the caller can see: published ones, and drafts for those who manage them. Filtered "
                    + "and sorted, one page at a time."
            )
            .ProducesAccessProblems();
        courses
            .MapGet("/{id}", GetAsync)
            .RequirePermission(Permissions.SignedIn)
            .WithName("getCourse")
            .WithSummary("Get a course")
            .WithDescription("Drafts are visible only to those who manage them.")
            .ProducesAccessProblems()
            .ProducesProblem(StatusCodes.Status404NotFound);
        courses
            .MapPost("/", CreateAsync)
            .RequirePermission(Permissions.CoursesWrite)
            .WithName("createCourse")
            .WithSummary("Create a course")
            .WithDescription(
                "The caller becomes the owner. A course is a draft, visible only to its managers, unless the body " + "publishes it."
            )
            .ProducesAccessProblems();
        courses
            .MapPut("/{id}", ReplaceAsync)
            .RequirePermission(Permissions.CoursesWrite)
            .ForbidsNonManagers()
            .WithName("replaceCourse")
            .WithSummary("Replace a course")
            .WithDescription(
                "Members that the body omits are removed or get their default. Lectures, assignments and enrollments " + "stay."
            )
            .ProducesWriteProblems()
            .ProducesProblem(StatusCodes.Status409Conflict);
        courses
            .MapPut("/{id}/owner", CourseOwnership.TransferAsync)
            .RequirePermission(Permissions.CoursesManageAll)
            .WithName("transferCourse")
            .WithSummary("Transfer a course to another owner")
            .WithDescription("The previous owner loses access unless they are an administrator or enrolled. The new owner is notified.")
            .ProducesWriteProblems()
            .ProducesProblem(StatusCodes.Status409Conflict);
        courses
            .MapDelete("/{id}", CourseLifecycle.DeleteAsync)
            .RequirePermission(Permissions.CoursesWrite)
            .ForbidsNonManagers()
            .WithName("deleteCourse")
            .WithSummary("Delete a course")
            .WithDescription(
                "Deletes the course with its lectures, assignments, submissions, enrollments and room. `POST "
                    + "/api/courses/{id}/restore` undoes it."
            )
            .ProducesWriteProblems();
        courses
            .MapPost("/{id}/archive", CourseLifecycle.ArchiveAsync)
            .RequirePermission(Permissions.CoursesWrite)
            .ForbidsNonManagers()
            .WithName("archiveCourse")
            .WithSummary("Archive a course")
            .WithDescription(
                "Makes the course and everything that belongs to it read-only. Lists contain it only with " + "`archived=true`."
            )
            .ProducesWriteProblems();
        courses
            .MapPost("/{id}/restore", CourseLifecycle.RestoreAsync)
            .RequirePermission(Permissions.CoursesWrite)
            .ForbidsNonManagers()
            .WithName("restoreCourse")
            .WithSummary("Restore a course")
            .WithDescription("Undoes the deletion of a course, or otherwise its archiving. Exactly what was removed with it returns.")
            .ProducesAccessProblems()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<Ok<Page<CourseResponse>>> ListAsync(
        [AsParameters] CourseQuery query,
        [AsParameters] PageQuery page,
        ClaimsPrincipal caller,
        CourseLists courses,
        CourseResponseFactory responses,
        CancellationToken cancellationToken
    )
    {
        var sort = query.ToSort();
        var position = page.GetPosition(sort, key => CourseLists.Accepts(sort, key));
        var found = await courses.ListAsync(query.ToFilter(), caller.CourseAccess(), sort, position, page.GetSize(), cancellationToken);
        return TypedResults.Ok(found.WithItems(await responses.CreateAsync(found.Items, cancellationToken)));
    }

    private static async Task<Results<Versioned<CourseResponse>, ProblemHttpResult>> GetAsync(
        [Description("The course's ID")] string id,
        ClaimsPrincipal caller,
        CourseStore courses,
        CourseResponseFactory responses,
        CancellationToken cancellationToken
    )
    {
        if (
            !Problems.TryParseId(id, out var courseId)
            || await courses.GetVisibleAsync(courseId, caller.CourseAccess(), cancellationToken) is not { } course
        )
        {
            return Problems.NotFound(ResourceName);
        }

        return await responses.CreateVersionedAsync(course, cancellationToken);
    }

    private static async Task<CreatedVersioned<CourseResponse>> CreateAsync(
        CourseRequest body,
        HttpContext http,
        CourseStore courses,
        CourseResponseFactory responses,
        CancellationToken cancellationToken
    )
    {
        var course = await courses.CreateAsync(http.User.GetObjectId(), ToDetails(body), cancellationToken, http.ReservedId());
        return await responses.CreateCreatedAsync(course);
    }

    private static async Task<Results<Versioned<CourseResponse>, ProblemHttpResult>> ReplaceAsync(
        [Description("The course's ID")] string id,
        CourseRequest body,
        [FromHeader(Name = "If-Match"), Description("Replace only this version, an `ETag` of an earlier response.")] string? ifMatch,
        ClaimsPrincipal caller,
        CourseStore courses,
        CourseResponseFactory responses,
        CancellationToken cancellationToken
    )
    {
        if (!Problems.TryParseId(id, out var courseId))
            return Problems.NotFound(ResourceName);
        var (status, course) = await courses.ReplaceAsync(
            courseId,
            caller.CourseAccess(),
            ToDetails(body),
            ETags.Versions(ifMatch),
            cancellationToken
        );
        if (course is null)
        {
            return status == WriteStatus.Full
                ? Problems.Conflict(CapacityTooLow)
                : Problems.FromStatus(status, ResourceName, CapacityTooLow);
        }

        return await responses.CreateVersionedAsync(course, CancellationToken.None);
    }

    private static CourseDetails ToDetails(CourseRequest body) =>
        Enum.IsDefined(body.Status)
            ? body.ToDetails()
            : throw new InvalidInputException("status", "The status must be draft or published.");
}
