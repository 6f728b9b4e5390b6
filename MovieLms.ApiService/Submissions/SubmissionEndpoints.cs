using System.ComponentModel;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;
using MovieLms.ApiService.Assignments;
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
            .WithSummary("Lists what was handed in for an assignment: one's own, or all for staff")
            .ProducesAccessProblems()
            .ProducesProblem(StatusCodes.Status404NotFound);
        ofAssignment
            .MapPost("/", SubmissionIntake.SubmitAsync)
            .RequirePermission(Permissions.SignedIn)
            .AcceptsSubmission()
            .WithName("submitWork")
            .WithSummary("Hands in a text, a file of at most 10 MB, or both; what was handed in before becomes history");
        var submissions = routes.MapArea("/api/submissions/{id}", "Submissions");
        submissions
            .MapGet("/", GetAsync)
            .RequirePermission(Permissions.SignedIn)
            .WithName("getSubmission")
            .WithSummary("Gives one submission")
            .ProducesAccessProblems()
            .ProducesProblem(StatusCodes.Status404NotFound);
        submissions
            .MapGet("/file", DownloadAsync)
            .RequirePermission(Permissions.SignedIn)
            .WithName("downloadSubmission")
            .WithSummary("The file that was handed in, always as a download")
            .Produces(StatusCodes.Status200OK, contentType: "application/octet-stream")
            .ProducesAccessProblems()
            .ProducesProblem(StatusCodes.Status404NotFound);
        submissions
            .MapPut("/grade", GradeAsync)
            .RequirePermission(Permissions.CoursesWrite)
            .WithName("gradeSubmission")
            .WithSummary("Grades a submission, notifies its student, and keeps who changed the grade from what")
            .ProducesWriteProblems()
            .ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<Results<Ok<Page<SubmissionResponse>>, ProblemHttpResult>> ListAsync(
        [Description("The assignment's id")] string id,
        [AsParameters] PageQuery page,
        ClaimsPrincipal caller,
        AssignmentStore assignments,
        CourseMembers members,
        SubmissionStore submissions,
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
        var found = await submissions.ListAsync(key, isStaff ? null : caller.GetObjectId(), position, size, cancellationToken);
        return TypedResults.Ok(
            new Page<SubmissionResponse>([.. found.Items.Select(item => SubmissionResponse.From(item, isStaff))], found.NextCursor)
        );
    }

    private static async Task<Results<Versioned<SubmissionResponse>, ProblemHttpResult>> GetAsync(
        [Description("The submission's id")] string id,
        ClaimsPrincipal caller,
        CourseMembers members,
        SubmissionStore submissions,
        CancellationToken cancellationToken
    ) =>
        await FindAsync(id, caller, members, submissions, cancellationToken) is { } found
            ? new Versioned<SubmissionResponse>(SubmissionResponse.From(found.Submission, found.IsStaff), found.Submission.Version)
            : Problems.NotFound(ResourceName);

    private static async Task<Results<FileStreamHttpResult, ProblemHttpResult>> DownloadAsync(
        [Description("The submission's id")] string id,
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
        [Description("The submission's id")] string id,
        GradeRequest body,
        [FromHeader(Name = "If-Match"), Description("Grade only this version, an ETag that an answer carried")] string? ifMatch,
        ClaimsPrincipal caller,
        CourseMembers members,
        SubmissionStore submissions,
        AssignmentStore assignments,
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
        return new Versioned<SubmissionResponse>(SubmissionResponse.From(graded, isStaff: true), graded.Version);
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
