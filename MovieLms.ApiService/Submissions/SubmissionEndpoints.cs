using System.ComponentModel;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;
using MovieLms.ApiService.Assignments;
using MovieLms.ApiService.Exports;
using MovieLms.ApiService.Http;
using MovieLms.Application.Access;
using MovieLms.Application.Live;
using MovieLms.Data.Assignments;
using MovieLms.Data.Imports;
using MovieLms.Data.Paging;
using MovieLms.Data.Submissions;

namespace MovieLms.ApiService.Submissions;

/// <summary>Submissions. Students can read their own, and the course's staff can read all.</summary>
internal static class SubmissionEndpoints
{
    private const string ResourceName = "submission";

    internal static void MapSubmissions(this IEndpointRouteBuilder routes)
    {
        var ofAssignment = routes.MapArea("/api/assignments/{id}/submissions", "Submissions");
        ofAssignment
            .MapGet("/", ListAsync)
            .RequirePermission(Permissions.SignedIn)
            .WithName("listSubmissions")
            .WithExport<SubmissionResponse>("submissions")
            .WithSummary("List submissions of an assignment")
            .WithDescription("The caller's own submission, or all submissions for those who manage the course. Newest first.")
            .ProducesAccessProblems()
            .ProducesProblem(StatusCodes.Status404NotFound);
        ofAssignment
            .MapPost("/", SubmissionIntake.SubmitAsync)
            .RequirePermission(Permissions.SignedIn)
            .AcceptsSubmission()
            .WithName("submitWork")
            .WithSummary("Submit work")
            .WithDescription(
                "A text, a file of up to 10 MB, or both. The previous submission becomes history, and one after the "
                    + "due date is marked as late."
            );
        var submissions = routes.MapArea("/api/submissions/{id}", "Submissions");
        submissions
            .MapGet("/", GetAsync)
            .RequirePermission(Permissions.SignedIn)
            .WithName("getSubmission")
            .WithSummary("Get a submission")
            .WithDescription("With its history and its grade. For its student and for those who manage the course.")
            .ProducesAccessProblems()
            .ProducesProblem(StatusCodes.Status404NotFound);
        submissions
            .MapGet("/file", DownloadAsync)
            .RequirePermission(Permissions.SignedIn)
            .WithName("downloadSubmission")
            .WithSummary("Download a submitted file")
            .WithDescription(
                "Always sent as an attachment of type `application/octet-stream`, under the name that the student " + "gave it."
            )
            .Produces(StatusCodes.Status200OK, contentType: "application/octet-stream")
            .ProducesAccessProblems()
            .ProducesProblem(StatusCodes.Status404NotFound);
        submissions
            .MapPut("/grade", GradeAsync)
            .RequirePermission(Permissions.CoursesWrite)
            .WithName("gradeSubmission")
            .WithSummary("Grade a submission")
            .WithDescription("Notifies the student. The history of the grade records who changed it, from which value and when.")
            .ProducesWriteProblems()
            .ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<Results<Ok<Page<SubmissionResponse>>, ProblemHttpResult>> ListAsync(
        [Description("The assignment's ID")] string id,
        [FromQuery(Name = "graded"), Description("Only submissions with a grade (true) or without one (false).")] bool? graded,
        [FromQuery(Name = "late"), Description("Only submissions whose current work is late (true) or in time (false).")] bool? late,
        [AsParameters] PageQuery page,
        ClaimsPrincipal caller,
        AssignmentStore assignments,
        CourseMembers members,
        SubmissionStore submissions,
        SubmissionResponseFactory responses,
        CancellationToken cancellationToken
    )
    {
        var position = page.GetPosition(SubmissionStore.Sort, key => key.IsValidDateTime);
        var size = page.GetSize();
        if (!Problems.TryParseId(id, out var key) || await assignments.GetAsync(key, cancellationToken) is not { } assignment)
            return Problems.NotFound("assignment");
        var role = await members.GetRoleAsync(assignment.CourseId, caller, cancellationToken);
        if (role == CourseRole.None)
            return Problems.NotFound("assignment");
        var isStaff = role == CourseRole.Staff;
        var filter = new SubmissionFilter(isStaff ? null : caller.GetObjectId(), graded, late);
        var found = await submissions.ListAsync(key, filter, position, size, cancellationToken);
        var items = await responses.CreateAsync(found.Items, isStaff, cancellationToken);
        return TypedResults.Ok(found.WithItems(items));
    }

    private static async Task<Results<Versioned<SubmissionResponse>, ProblemHttpResult>> GetAsync(
        [Description("The submission's ID")] string id,
        ClaimsPrincipal caller,
        CourseMembers members,
        SubmissionStore submissions,
        SubmissionResponseFactory responses,
        CancellationToken cancellationToken
    ) =>
        await FindAsync(id, caller, members, submissions, cancellationToken) is { } found
            ? new Versioned<SubmissionResponse>(
                await responses.CreateAsync(found.Submission, found.IsStaff, cancellationToken),
                found.Submission.Version
            )
            : Problems.NotFound(ResourceName);

    private static async Task<Results<FileStreamHttpResult, ProblemHttpResult>> DownloadAsync(
        [Description("The submission's ID")] string id,
        HttpContext http,
        CourseMembers members,
        SubmissionStore submissions,
        UploadStore files,
        CancellationToken cancellationToken
    )
    {
        if (
            await FindAsync(id, http.User, members, submissions, cancellationToken)
                is not { Submission.Current: { FileId: { } fileId, FileName: { } name } }
            || await files.TryOpenAsync(fileId, cancellationToken) is not { } content
        )
        {
            return Problems.NotFound("file");
        }
        // A student's file must never run as a page of this site in a teacher's browser.
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers[HeaderNames.XContentTypeOptions] = "nosniff";
        return TypedResults.Stream(content, "application/octet-stream", name);
    }

    private static async Task<Results<Versioned<SubmissionResponse>, ProblemHttpResult>> GradeAsync(
        [Description("The submission's ID")] string id,
        GradeRequest body,
        [FromHeader(Name = "If-Match"), Description("Grade only this version, an `ETag` of an earlier response.")] string? ifMatch,
        ClaimsPrincipal caller,
        CourseMembers members,
        SubmissionStore submissions,
        AssignmentStore assignments,
        SubmissionResponseFactory responses,
        Notifier notifier,
        CancellationToken cancellationToken
    )
    {
        var versions = ETags.Versions(ifMatch);
        if (await FindAsync(id, caller, members, submissions, cancellationToken) is not { IsStaff: true } found)
            return Problems.NotFound(ResourceName);
        if (found.IsArchived || await assignments.GetAsync(found.Submission.AssignmentId, cancellationToken) is { ArchivedAt: not null })
            return Problems.ReadOnly();
        var feedback = string.IsNullOrWhiteSpace(body.Feedback) ? null : body.Feedback.Trim();
        var (status, graded) = await submissions.GradeAsync(
            found.Submission.Id,
            body.Grade!.Value,
            feedback,
            caller.GetObjectId(),
            versions,
            cancellationToken
        );
        if (graded is null)
            return Problems.FromStatus(status, ResourceName, string.Empty);
        await notifier.NotifyGradedAsync(graded.StudentId, graded.Id, graded.Grade!.Value, $"{graded.Version}", CancellationToken.None);
        return new Versioned<SubmissionResponse>(
            await responses.CreateAsync(graded, isStaff: true, CancellationToken.None),
            graded.Version
        );
    }

    private static async Task<Found?> FindAsync(
        string id,
        ClaimsPrincipal caller,
        CourseMembers members,
        SubmissionStore submissions,
        CancellationToken cancellationToken
    )
    {
        if (!Problems.TryParseId(id, out var key) || await submissions.GetAsync(key, cancellationToken) is not { } submission)
            return null;
        var standing = await members.GetStandingAsync(submission.CourseId, caller, cancellationToken);
        return standing.Role switch
        {
            CourseRole.Staff => new Found(submission, true, standing.IsArchived),
            CourseRole.Student when submission.StudentId == caller.GetObjectId() => new Found(submission, false, standing.IsArchived),
            _ => null,
        };
    }

    private sealed record Found(SubmissionDocument Submission, bool IsStaff, bool IsArchived);
}
