using System.ComponentModel;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using MongoDB.Bson;
using MovieLms.ApiService.Courses;
using MovieLms.ApiService.Exports;
using MovieLms.ApiService.Http;
using MovieLms.Application.Access;
using MovieLms.Application.Cascades;
using MovieLms.Data.Assignments;
using MovieLms.Data.Paging;
using MovieLms.Data.Storage;

namespace MovieLms.ApiService.Assignments;

/// <summary>The assignments of a course. Its students and its managers can read them, and its managers can change them.</summary>
internal static class AssignmentEndpoints
{
    private const string ResourceName = "assignment";

    internal static void MapAssignments(this IEndpointRouteBuilder routes)
    {
        var assignments = routes.MapArea("/api/courses/{id}/assignments", "Assignments");
        assignments
            .MapGet("/", ListAsync)
            .RequirePermission(Permissions.SignedIn)
            .ForbidsNonMembers()
            .WithName("listAssignments")
            .WithExport<AssignmentResponse>("assignments")
            .WithSummary("List assignments of a course")
            .WithDescription("Newest first.")
            .ProducesAccessProblems()
            .ProducesProblem(StatusCodes.Status404NotFound);
        assignments
            .MapGet("/{assignmentId}", GetAsync)
            .RequirePermission(Permissions.SignedIn)
            .ForbidsNonMembers()
            .WithName("getAssignment")
            .WithSummary("Get an assignment")
            .WithDescription("For students and managers of the course.")
            .ProducesAccessProblems()
            .ProducesProblem(StatusCodes.Status404NotFound);
        assignments
            .MapPost("/", CreateAsync)
            .RequirePermission(Permissions.CoursesWrite)
            .ForbidsNonManagers()
            .WithName("createAssignment")
            .WithSummary("Create an assignment")
            .WithDescription("Submissions after `dueAt` are accepted and marked as late.")
            .ProducesAccessProblems()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
        assignments
            .MapPut("/{assignmentId}", ReplaceAsync)
            .RequirePermission(Permissions.CoursesWrite)
            .ForbidsNonManagers()
            .WithName("replaceAssignment")
            .WithSummary("Replace an assignment")
            .WithDescription("Members that the body omits are removed. Existing submissions stay marked as they were.")
            .ProducesWriteProblems()
            .ProducesProblem(StatusCodes.Status409Conflict);
        assignments
            .MapDelete("/{assignmentId}", DeleteAsync)
            .RequirePermission(Permissions.CoursesWrite)
            .ForbidsNonManagers()
            .WithName("deleteAssignment")
            .WithSummary("Delete an assignment")
            .WithDescription("Deletes its submissions too.")
            .ProducesWriteProblems()
            .ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<Results<Ok<Page<AssignmentResponse>>, ProblemHttpResult>> ListAsync(
        [Description("The course's ID")] string id,
        [
            FromQuery(Name = "archived"),
            Description("true: only archived assignments, in place of only the others; those of an archived course by default.")
        ]
            bool? archived,
        [AsParameters] PageQuery page,
        ClaimsPrincipal caller,
        CourseMembers members,
        AssignmentStore assignments,
        CancellationToken cancellationToken
    )
    {
        var position = page.GetPosition(AssignmentStore.Sort, key => key.IsValidDateTime);
        var size = page.GetSize();
        if (
            !Problems.TryParseId(id, out var courseId)
            || await members.GetStandingAsync(courseId, caller, cancellationToken) is not { Role: not CourseRole.None } standing
        )
        {
            return Problems.NotFound("course");
        }

        var found = await assignments.ListAsync(courseId, archived ?? standing.IsArchived, position, size, cancellationToken);
        return TypedResults.Ok(found.Select(AssignmentResponse.From));
    }

    private static async Task<Results<Versioned<AssignmentResponse>, ProblemHttpResult>> GetAsync(
        [Description("The course's ID")] string id,
        [Description("The assignment's ID")] string assignmentId,
        ClaimsPrincipal caller,
        CourseMembers members,
        AssignmentStore assignments,
        CancellationToken cancellationToken
    )
    {
        if (
            !TryIds(id, assignmentId, out var courseId, out var key)
            || await members.GetRoleAsync(courseId, caller, cancellationToken) == CourseRole.None
            || await assignments.GetAsync(key, cancellationToken) is not { } assignment
            || assignment.CourseId != courseId
        )
        {
            return Problems.NotFound(ResourceName);
        }

        return new Versioned<AssignmentResponse>(AssignmentResponse.From(assignment), assignment.Version);
    }

    private static async Task<Results<CreatedVersioned<AssignmentResponse>, ProblemHttpResult>> CreateAsync(
        [Description("The course's ID")] string id,
        AssignmentRequest body,
        HttpContext http,
        AssignmentStore store,
        CancellationToken cancellationToken
    )
    {
        if (!Problems.TryParseId(id, out var courseId))
            return Problems.NotFound("course");
        var (status, assignment) = await store.CreateAsync(
            courseId,
            http.User.CourseAccess(),
            body.ToDetails(),
            cancellationToken,
            http.ReservedId()
        );
        return assignment is null
            ? Problems.FromStatus(status, "course", string.Empty)
            : new CreatedVersioned<AssignmentResponse>(
                $"/api/courses/{courseId}/assignments/{assignment.Id}",
                AssignmentResponse.From(assignment),
                assignment.Version
            );
    }

    private static async Task<Results<Versioned<AssignmentResponse>, ProblemHttpResult>> ReplaceAsync(
        [Description("The course's ID")] string id,
        [Description("The assignment's ID")] string assignmentId,
        AssignmentRequest body,
        [FromHeader(Name = "If-Match"), Description("Replace only this version, an `ETag` of an earlier response.")] string? ifMatch,
        ClaimsPrincipal caller,
        AssignmentStore store,
        CancellationToken cancellationToken
    )
    {
        if (!TryIds(id, assignmentId, out var courseId, out var key))
            return Problems.NotFound(ResourceName);
        var (status, written) = await store.ReplaceAsync(
            courseId,
            key,
            caller.CourseAccess(),
            body.ToDetails(),
            ETags.Versions(ifMatch),
            cancellationToken
        );
        return written is null
            ? Problems.FromStatus(status, ResourceName, string.Empty)
            : new Versioned<AssignmentResponse>(AssignmentResponse.From(written), written.Version);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        [Description("The course's ID")] string id,
        [Description("The assignment's ID")] string assignmentId,
        [FromHeader(Name = "If-Match"), Description("Delete only this version, an `ETag` of an earlier response.")] string? ifMatch,
        ClaimsPrincipal caller,
        AssignmentStore store,
        CascadeOperations cascades,
        CancellationToken cancellationToken
    )
    {
        if (!TryIds(id, assignmentId, out var courseId, out var key))
            return Problems.NotFound(ResourceName);
        var status = await store.CheckAsync(courseId, key, caller.CourseAccess(), cancellationToken);
        if (status == WriteStatus.Done)
        {
            status = await cascades.DeleteAsync(
                AssignmentEntity.Name,
                key,
                caller.GetObjectId(),
                ETags.Versions(ifMatch),
                cancellationToken
            );
        }

        return status == WriteStatus.Done ? TypedResults.NoContent() : Problems.FromStatus(status, ResourceName, string.Empty);
    }

    private static bool TryIds(string id, string assignmentId, out ObjectId course, out ObjectId assignment)
    {
        assignment = default;
        return Problems.TryParseId(id, out course) && Problems.TryParseId(assignmentId, out assignment);
    }
}
