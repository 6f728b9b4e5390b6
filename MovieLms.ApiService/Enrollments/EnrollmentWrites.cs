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

/// <summary>Enrolls, grades and withdraws students, and notifies students whom staff enrolled.</summary>
internal static class EnrollmentWrites
{
    private const string ResourceName = EnrollmentEndpoints.ResourceName;
    private const string AlreadyEnrolled = "The student is already enrolled in this course.";
    private const string CourseFull = "The course is full.";

    internal static async Task<Results<CreatedVersioned<EnrollmentResponse>, ProblemHttpResult>> EnrollAsync(
        EnrollRequest body,
        HttpContext http,
        CourseStore courses,
        UserStore users,
        EnrollmentStore enrollments,
        OrderStore orders,
        EnrollmentResponseFactory responses,
        Notifier notifier,
        CancellationToken cancellationToken
    )
    {
        var courseId =
            QueryValues.ParseId("courseId", body.CourseId)
            ?? throw new InvalidInputException("courseId", "The course ID must have 24 hexadecimal digits.");
        var (access, callerId, newId) = (http.User.CourseAccess(), http.User.GetObjectId(), http.ReservedId());
        var studentId = QueryValues.ParseId("studentId", body.StudentId) ?? callerId;
        if (await courses.GetVisibleAsync(courseId, access, cancellationToken) is not { } course)
            return Problems.NotFound("course");
        if (studentId != callerId && !access.Manages(course))
            return Problems.Forbidden("Only the owner of the course and administrators may enroll other users.");
        var isManager = access.Manages(course);
        if (studentId != callerId && await users.FindAsync(studentId, cancellationToken) is not { ArchivedAt: null })
            return Problems.NotFound("student");
        if (!isManager && course.Price > 0 && !await orders.HasDeliveredAsync(callerId, courseId, cancellationToken))
            return PaymentRequired();

        var (status, enrollment) = await enrollments.EnrollAsync(courseId, studentId, newId, cancellationToken);
        // An earlier attempt of the same request enrolled the student and was interrupted before its response.
        if (
            status == WriteStatus.Duplicate
            && await enrollments.FindAsync(courseId, studentId, cancellationToken) is { } earlier
            && earlier.Id == newId
        )
        {
            enrollment = earlier;
        }

        if (enrollment is null)
            return ToProblem(status);
        if (studentId != callerId)
            await NotifyStudentAsync(notifier, course, enrollment);
        return new CreatedVersioned<EnrollmentResponse>(
            $"/api/enrollments/{enrollment.Id}",
            await responses.CreateAsync(enrollment, CancellationToken.None),
            enrollment.Version
        );
    }

    internal static async Task<Results<Versioned<EnrollmentResponse>, ProblemHttpResult>> ChangeAsync(
        [Description("The enrollment's ID")] string id,
        ChangeEnrollmentRequest body,
        [FromHeader(Name = "If-Match"), Description("Change only this version, an `ETag` of an earlier response.")] string? ifMatch,
        ClaimsPrincipal caller,
        CourseStore courses,
        EnrollmentStore enrollments,
        EnrollmentResponseFactory responses,
        CancellationToken cancellationToken
    )
    {
        if (body.Status is { } requested && !Enum.IsDefined(requested))
            throw new InvalidInputException("status", "The status must be active, completed or withdrawn.");
        if (
            !Problems.TryParseId(id, out var enrollmentId)
            || await enrollments.GetAsync(enrollmentId, cancellationToken) is not { } current
            || await courses.GetManagedAsync(current.CourseId, caller.CourseAccess(), cancellationToken) is null
        )
        {
            return Problems.NotFound(ResourceName);
        }

        var versions = ETags.Versions(ifMatch);
        if (IsUnchanged(current, body))
        {
            if (versions is not null && !versions.Contains(current.Version))
                return Problems.Stale();
            return new Versioned<EnrollmentResponse>(await responses.CreateAsync(current, cancellationToken), current.Version);
        }
        if (body.Status == EnrollmentStatus.Withdrawn && body.Grade is not null)
            throw new InvalidInputException("grade", "A withdrawn enrollment cannot have a grade.");
        var isReactivated =
            current.Status == EnrollmentStatus.Withdrawn && body.Status is EnrollmentStatus.Active or EnrollmentStatus.Completed;
        if (current.Status == EnrollmentStatus.Withdrawn && !isReactivated)
            return Problems.Conflict("The enrollment is withdrawn. Set its status to active first.");
        if (isReactivated)
        {
            if (versions is not null && !versions.Contains(current.Version))
                return Problems.Stale();
            var (reactivation, active) = await enrollments.EnrollAsync(current.CourseId, current.StudentId, cancellationToken);
            if (active is null)
                return ToProblem(reactivation);
            versions = null;
        }
        var (status, written) =
            body.Status == EnrollmentStatus.Withdrawn
                ? await enrollments.WithdrawAsync(enrollmentId, null, versions, cancellationToken)
                : await enrollments.ChangeAsync(enrollmentId, body.Status, body.Grade, versions, cancellationToken);
        if (written is null)
            return ToProblem(status);
        return new Versioned<EnrollmentResponse>(await responses.CreateAsync(written, CancellationToken.None), written.Version);
    }

    internal static async Task<Results<NoContent, ProblemHttpResult>> WithdrawAsync(
        [Description("The enrollment's ID")] string id,
        [FromHeader(Name = "If-Match"), Description("Withdraw only this version, an `ETag` of an earlier response.")] string? ifMatch,
        ClaimsPrincipal caller,
        CourseStore courses,
        EnrollmentStore enrollments,
        CancellationToken cancellationToken
    )
    {
        if (
            !Problems.TryParseId(id, out var enrollmentId) || await enrollments.GetAsync(enrollmentId, cancellationToken) is not { } current
        )
        {
            return Problems.NotFound(ResourceName);
        }

        var isManager = await courses.GetManagedAsync(current.CourseId, caller.CourseAccess(), cancellationToken) is not null;
        ObjectId? owner = isManager ? null : caller.GetObjectId();
        var (status, withdrawn) = await enrollments.WithdrawAsync(enrollmentId, owner, ETags.Versions(ifMatch), cancellationToken);
        if (withdrawn is null)
            return ToProblem(status);
        return TypedResults.NoContent();
    }

    private static bool IsUnchanged(EnrollmentDocument current, ChangeEnrollmentRequest change) =>
        (change.Status ?? current.Status) == current.Status && (change.Grade ?? current.Grade) == current.Grade;

    /// <summary>Notifies the student. The key includes the version, so that enrolling again after a withdrawal notifies again.</summary>
    private static Task NotifyStudentAsync(Notifier notifier, CourseDocument course, EnrollmentDocument enrollment) =>
        notifier.NotifyEnrolledAsync([enrollment.StudentId], course, $"{enrollment.Id}:{enrollment.Version}", CancellationToken.None);

    internal static ProblemHttpResult ToProblem(WriteStatus status) =>
        status == WriteStatus.Full ? Problems.Conflict(CourseFull) : Problems.FromStatus(status, ResourceName, AlreadyEnrolled);

    private static ProblemHttpResult PaymentRequired() =>
        TypedResults.Problem(
            statusCode: StatusCodes.Status402PaymentRequired,
            title: "The course is not free",
            detail: "Order it with POST /api/orders. You are enrolled when the order is delivered."
        );
}
