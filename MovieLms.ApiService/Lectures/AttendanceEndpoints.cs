using System.ComponentModel;
using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using MovieLms.ApiService.Courses;
using MovieLms.ApiService.Exports;
using MovieLms.ApiService.Http;
using MovieLms.Application.Access;
using MovieLms.Data.Courses;
using MovieLms.Data.Enrollments;
using MovieLms.Data.Identity;
using MovieLms.Data.Lectures;
using MovieLms.Data.Paging;
using MovieLms.ServiceDefaults.Access;

namespace MovieLms.ApiService.Lectures;

/// <summary>Attendance of lectures. Students record their own, and the course's managers list it.</summary>
internal static class AttendanceEndpoints
{
    internal static void MapAttendance(this RouteGroupBuilder lectures)
    {
        lectures
            .MapPost("/{lectureId}/attend", AttendAsync)
            .RequirePermission(Permissions.SignedIn)
            .WithName("attendLecture")
            .WithSummary("Mark attendance")
            .WithDescription(
                "Records that the caller, a student of the course, attends the lecture. Possible from its start until 24 hours after "
                    + "its end, or at any time if it has no start time; 409 otherwise. A lecture without a duration counts as one hour. "
                    + "Repeating it changes nothing."
            )
            .ProducesAccessProblems()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
        lectures
            .MapGet("/{lectureId}/attendance", ListAsync)
            .RequirePermission(Permissions.CoursesWrite)
            .WithNoStore()
            .ForbidsNonManagers()
            .WithName("listAttendance")
            .WithExport<AttendanceResponse>("attendance")
            .WithSummary("List attendance of a lecture")
            .WithDescription("The students who attended, most recent first.")
            .ProducesAccessProblems()
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Results<Ok<AttendanceResponse>, ProblemHttpResult>> AttendAsync(
        [Description("The course's ID")] string id,
        [Description("The lecture's ID")] string lectureId,
        ClaimsPrincipal caller,
        CourseStore courses,
        LectureStore lectures,
        EnrollmentStore enrollments,
        AttendanceStore attendance,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        if (
            !LectureEndpoints.TryIds(id, lectureId, out var courseId, out var lecture)
            || await courses.GetVisibleAsync(courseId, caller.CourseAccess(), cancellationToken) is not { } course
            || await lectures.FindAsync(courseId, lecture, cancellationToken) is not { } stored
        )
        {
            return Problems.NotFound("lecture");
        }

        if (!await enrollments.IsActiveAsync(courseId, caller.GetObjectId(), cancellationToken))
        {
            return TypedResults.Problem(
                statusCode: StatusCodes.Status403Forbidden,
                title: "Not enrolled",
                detail: "Only students who are enrolled in the course can attend its lectures."
            );
        }

        if (course.ArchivedAt is not null)
            return Problems.ReadOnly();
        if (stored.GetAttendanceWindow() is { } window && GetProblem(window, time.GetUtcNow()) is { } problem)
        {
            // A repeated request succeeds after the window too.
            return await attendance.FindAsync(lecture, caller.GetObjectId(), cancellationToken) is { } earlier
                ? TypedResults.Ok(AttendanceResponse.From(earlier, caller.Name()))
                : problem;
        }

        var attended = await attendance.AttendAsync(courseId, lecture, caller.GetObjectId(), cancellationToken);
        return TypedResults.Ok(AttendanceResponse.From(attended, caller.Name()));
    }

    /// <summary>Returns the problem (409) for marking attendance outside the window; null within it.</summary>
    private static ProblemHttpResult? GetProblem(AttendanceWindow window, DateTimeOffset now)
    {
        if (now >= window.From && now < window.Until)
            return null;
        return TypedResults.Problem(
            statusCode: StatusCodes.Status409Conflict,
            title: now < window.From ? "The lecture has not started" : "The lecture has ended",
            detail: string.Create(
                CultureInfo.InvariantCulture,
                $"Attendance can be marked from {window.From.UtcDateTime:u} until {window.Until.UtcDateTime:u}."
            ),
            extensions: new Dictionary<string, object?> { ["attendableFrom"] = window.From, ["attendableUntil"] = window.Until }
        );
    }

    private static async Task<Results<Ok<Page<AttendanceResponse>>, ProblemHttpResult>> ListAsync(
        [Description("The course's ID")] string id,
        [Description("The lecture's ID")] string lectureId,
        [AsParameters] PageQuery page,
        ClaimsPrincipal caller,
        CourseStore courses,
        LectureStore lectures,
        AttendanceStore attendance,
        UserStore users,
        CancellationToken cancellationToken
    )
    {
        var position = page.GetPosition(AttendanceStore.Sort, key => key.IsValidDateTime);
        var size = page.GetSize();
        if (
            !LectureEndpoints.TryIds(id, lectureId, out var courseId, out var lecture)
            || await courses.GetManagedAsync(courseId, caller.CourseAccess(), cancellationToken) is null
            || !await lectures.ExistsAsync(courseId, lecture, cancellationToken)
        )
        {
            return Problems.NotFound("lecture");
        }

        var found = await attendance.ListAsync(lecture, position, size, cancellationToken);
        var names = await users.GetNamesAsync([.. found.Items.Select(attended => attended.StudentId)], cancellationToken);
        return TypedResults.Ok(found.Select(attended => AttendanceResponse.From(attended, names.GetValueOrDefault(attended.StudentId))));
    }
}
