using System.ComponentModel;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using MongoDB.Bson;
using MovieLms.ApiService.Courses;
using MovieLms.ApiService.Http;
using MovieLms.Application.Live;
using MovieLms.Data.Courses;
using MovieLms.Data.Enrollments;
using MovieLms.Data.Identity;
using MovieLms.Data.Orders;
using MovieLms.Data.Storage;
using MovieLms.ServiceDefaults.Errors;

namespace MovieLms.ApiService.Enrollments;

/// <summary>Enrols, grades and withdraws; tells a student whom staff have enrolled, and closes the course's room to one who left.</summary>
internal static class EnrollmentWrites
{
    private const string What = EnrollmentEndpoints.What;
    private const string Already = "The student is enrolled in this course already.";
    private const string Full = "Every place of the course is taken.";

    internal static async Task<Results<CreatedVersioned<EnrollmentResponse>, ProblemHttpResult>> EnrollAsync(
        EnrollRequest body,
        HttpContext http,
        CourseStore courses,
        UserStore users,
        EnrollmentStore enrollments,
        OrderStore orders,
        EnrollmentAnswers answers,
        Notifier notifier,
        CancellationToken cancellationToken
    )
    {
        var courseId =
            QueryValues.Id("courseId", body.CourseId) ?? throw new InvalidInputException("courseId", "An id has 24 hexadecimal digits.");
        var (access, callerId, newId) = (http.User.CourseAccess(), http.User.ObjectId(), http.ReservedId());
        var student = QueryValues.Id("studentId", body.StudentId) ?? callerId;
        if (
            await courses.GetVisibleAsync(courseId, access, cancellationToken) is not { } course
            || (student != callerId && !access.Manages(course))
        )
        {
            return Problems.NotFound("course");
        }

        var byStaff = access.Manages(course);
        if (student != callerId && await users.FindAsync(student, cancellationToken) is not { ArchivedAt: null })
            return Problems.NotFound("student");
        if (!byStaff && course.Price > 0 && !await orders.HasDeliveredAsync(callerId, courseId, cancellationToken))
            return Unpaid();

        var (status, enrollment) = await enrollments.EnrollAsync(courseId, student, newId, cancellationToken);
        // The same request's earlier try, cut off before its answer: it had enrolled the student.
        if (
            status == WriteStatus.Duplicate
            && await enrollments.FindAsync(courseId, student, cancellationToken) is { } earlier
            && earlier.Id == newId
        )
        {
            enrollment = earlier;
        }

        if (enrollment is null)
            return Refused(status);
        if (student != callerId)
            await TellAsync(notifier, course, enrollment);
        return new CreatedVersioned<EnrollmentResponse>(
            $"/api/enrollments/{enrollment.Id}",
            await answers.OfAsync(enrollment, CancellationToken.None),
            enrollment.Version
        );
    }

    internal static async Task<Results<Versioned<EnrollmentResponse>, ProblemHttpResult>> ChangeAsync(
        [Description("The enrolment's id")] string id,
        ChangeEnrollmentRequest body,
        [FromHeader(Name = "If-Match"), Description("Change only this version, an ETag that an answer carried")] string? ifMatch,
        ClaimsPrincipal caller,
        CourseStore courses,
        EnrollmentStore enrollments,
        EnrollmentAnswers answers,
        CancellationToken cancellationToken
    )
    {
        if (body.Status is { } given && !Enum.IsDefined(given))
            throw new InvalidInputException("status", "A status is active, completed or withdrawn.");
        if (
            !Problems.TryId(id, out var enrollmentId)
            || await enrollments.GetAsync(enrollmentId, cancellationToken) is not { } standing
            || await courses.GetManagedAsync(standing.CourseId, caller.CourseAccess(), cancellationToken) is null
        )
        {
            return Problems.NotFound(What);
        }

        if (body.Status == EnrollmentStatus.Withdrawn && body.Grade is not null)
            throw new InvalidInputException("grade", "A withdrawn enrolment has no grade.");
        var versions = ETags.Versions(ifMatch);
        var isBack = standing.Status == EnrollmentStatus.Withdrawn && body.Status is EnrollmentStatus.Active or EnrollmentStatus.Completed;
        if (standing.Status == EnrollmentStatus.Withdrawn && !isBack)
            return Problems.Conflict("The enrolment is withdrawn. Make it active first.");
        if (isBack)
        {
            if (versions is not null && !versions.Contains(standing.Version))
                return Problems.Stale();
            var (back, active) = await enrollments.EnrollAsync(standing.CourseId, standing.StudentId, cancellationToken);
            if (active is null)
                return Refused(back);
            versions = null;
        }
        var (status, written) =
            body.Status == EnrollmentStatus.Withdrawn
                ? await enrollments.WithdrawAsync(enrollmentId, null, versions, cancellationToken)
                : await enrollments.ChangeAsync(enrollmentId, body.Status, body.Grade, versions, cancellationToken);
        if (written is null)
            return Refused(status);
        return new Versioned<EnrollmentResponse>(await answers.OfAsync(written, CancellationToken.None), written.Version);
    }

    internal static async Task<Results<NoContent, ProblemHttpResult>> WithdrawAsync(
        [Description("The enrolment's id")] string id,
        [FromHeader(Name = "If-Match"), Description("Withdraw only this version, an ETag that an answer carried")] string? ifMatch,
        ClaimsPrincipal caller,
        CourseStore courses,
        EnrollmentStore enrollments,
        CancellationToken cancellationToken
    )
    {
        if (!Problems.TryId(id, out var enrollmentId) || await enrollments.GetAsync(enrollmentId, cancellationToken) is not { } standing)
            return Problems.NotFound(What);
        var isManager = await courses.GetManagedAsync(standing.CourseId, caller.CourseAccess(), cancellationToken) is not null;
        ObjectId? owner = isManager ? null : caller.ObjectId();
        var (status, left) = await enrollments.WithdrawAsync(enrollmentId, owner, ETags.Versions(ifMatch), cancellationToken);
        if (left is null)
            return Refused(status);
        return TypedResults.NoContent();
    }

    /// <summary>The key names the version: enrolled again after a withdrawal, the student is told again.</summary>
    private static Task TellAsync(Notifier notifier, CourseDocument course, EnrollmentDocument enrollment) =>
        notifier.NotifyAsync(
            [enrollment.StudentId],
            "enrollment",
            $"You are enrolled in {course.Title}",
            $"You take part in the course {course.Title} from now on.",
            $"/api/courses/{course.Id}",
            $"enrollment:{enrollment.Id}:{enrollment.Version}",
            CancellationToken.None
        );

    private static ProblemHttpResult Refused(WriteStatus status) =>
        status == WriteStatus.Full ? Problems.Conflict(Full) : Problems.Of(status, What, Already);

    private static ProblemHttpResult Unpaid() =>
        TypedResults.Problem(
            statusCode: StatusCodes.Status402PaymentRequired,
            title: "The course is not free",
            detail: "Order it with POST /api/orders: when the order is delivered, you are enrolled."
        );
}
