// Requests are public because ASP.NET Core's validation generator ignores types that are not.
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using MovieLms.ApiService.Courses;
using MovieLms.ApiService.Exports;
using MovieLms.ApiService.Http;
using MovieLms.ApiService.Identity.Contracts;
using MovieLms.ApiService.Identity.Users;
using MovieLms.Application.Access;
using MovieLms.Data.Courses;
using MovieLms.Data.Enrollments;
using MovieLms.Data.Identity;
using MovieLms.Data.Paging;
using MovieLms.Data.Students;
using MovieLms.ServiceDefaults.Access;
using MovieLms.ServiceDefaults.Errors;

namespace MovieLms.ApiService.Students;

/// <summary>Somebody who is to become a student.</summary>
public sealed record InviteStudentRequest([Required, StringLength(60), OneLine] string Username, [Required, MailAddress] string Email);

/// <summary>A student as their teachers and they themselves see them.</summary>
internal sealed record StudentResponse(
    string Id,
    string Username,
    string Email,
    bool EmailVerified,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ArchivedAt
)
{
    internal static StudentResponse From(UserDocument user) =>
        new(user.Id.ToString(), user.Username, user.Email, user.EmailVerifiedAt is not null, user.CreatedAt, user.ArchivedAt);
}

/// <summary>A student with the courses they take part in.</summary>
internal sealed record StudentDetailsResponse(
    string Id,
    string Username,
    string Email,
    bool EmailVerified,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ArchivedAt,
    [property: Description("Enrolled last first, at most 100.")] IReadOnlyList<StudentCourseResponse> Courses
);

/// <summary>A course of a student.</summary>
internal sealed record StudentCourseResponse(
    string EnrollmentId,
    string CourseId,
    string Title,
    [property: Choices<EnrollmentStatus>] string Status,
    double? Grade,
    DateTimeOffset EnrolledAt
)
{
    internal static StudentCourseResponse From(StudentCourse course) =>
        new(
            course.Id.ToString(),
            course.CourseId.ToString(),
            course.Title,
            JsonNamingPolicy.CamelCase.ConvertName(course.Status),
            course.Grade,
            course.EnrolledAt
        );
}

/// <summary>
/// Students. Administrators can read all students, instructors the students of their own courses with their enrollments there, and
/// students only themselves.
/// </summary>
internal static class StudentEndpoints
{
    internal static void MapStudents(this IEndpointRouteBuilder routes)
    {
        var students = routes.MapArea("/api/students", "Students").WithNoStore();
        students
            .MapGet("/", ListAsync)
            .RequirePermission(Permissions.CoursesWrite)
            .WithName("listStudents")
            .WithExport<StudentResponse>("students")
            .WithSummary("List students")
            .WithDescription(
                "Administrators list all students, instructors the students of the courses that they own. Newest first, or by address when the search "
                    + "has an at sign. A complete e-mail address also finds a student of other courses, so that an instructor can enroll them."
            )
            .ProducesAccessProblems();
        students
            .MapPost("/", InviteAsync)
            .RequirePermission(Permissions.CoursesWrite)
            .WithName("inviteStudent")
            .WithSummary("Invite a student")
            .WithDescription("Creates an account with the role `student` and mails a link to choose a password.")
            .ProducesAccessProblems()
            .ProducesProblem(StatusCodes.Status409Conflict);
        students
            .MapGet("/{id}", GetAsync)
            .RequirePermission(Permissions.SignedIn)
            .WithName("getStudent")
            .WithSummary("Get a student with their courses")
            .WithDescription(
                "The student and administrators see all courses. Instructors see those that they own, and no student who has none of them."
            )
            .ProducesAccessProblems()
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Ok<Page<StudentResponse>>> ListAsync(
        [FromQuery, Description("Words that must each begin a word of the name; with an at sign, the beginning of the e-mail address.")]
            string? search,
        [FromQuery, Description("true: only archived students, in place of only the others.")] bool? archived,
        [AsParameters] PageQuery page,
        ClaimsPrincipal caller,
        StudentLists students,
        TaughtStudents taught,
        CancellationToken cancellationToken
    )
    {
        var access = caller.CourseAccess();
        var text = QueryValues.ParseText("search", search);
        var sort = UserSearch.SortOf(text);
        var (position, size) = (page.GetPosition(sort, key => UserSearch.Accepts(sort, key)), page.GetSize());
        var found =
            access.Scope == CourseScope.All
                ? await students.ListAsync(text, archived ?? false, position, size, cancellationToken)
                : await taught.ListAsync(access.UserId, text, archived ?? false, position, size, cancellationToken);
        return TypedResults.Ok(found.Select(StudentResponse.From));
    }

    private static async Task<Results<Created<StudentResponse>, ProblemHttpResult>> InviteAsync(
        InviteStudentRequest body,
        ClaimsPrincipal caller,
        UserAdministration administration,
        CancellationToken cancellationToken
    )
    {
        if (!MailAddress.TryNormalize(body.Email, out var normalized))
            throw new InvalidInputException("email", "The e-mail address is invalid.");
        var user = await administration.InviteAsync(body.Username.Trim(), body.Email, normalized, Roles.Student, cancellationToken);
        return user is null
            ? Problems.Conflict("The e-mail address is taken.")
            : TypedResults.Created(
                caller.CourseAccess().Scope == CourseScope.All ? $"/api/students/{user.Id}" : null,
                StudentResponse.From(user)
            );
    }

    private static async Task<Results<Ok<StudentDetailsResponse>, ProblemHttpResult>> GetAsync(
        [Description("The student's ID")] string id,
        ClaimsPrincipal caller,
        StudentLists students,
        CancellationToken cancellationToken
    )
    {
        var access = caller.CourseAccess();
        if (!Problems.TryParseId(id, out var studentId))
            return Problems.NotFound("student");
        var seesAll = studentId == access.UserId || access.Scope == CourseScope.All;
        if (!seesAll && access.Scope == CourseScope.None)
            return Problems.NotFound("student");
        if (await students.GetAsync(studentId, cancellationToken) is not { } user)
            return Problems.NotFound("student");
        var courses = await students.ListCoursesAsync(studentId, seesAll ? null : access.UserId, cancellationToken);
        if (!seesAll && courses.Count == 0)
            return Problems.NotFound("student");
        return TypedResults.Ok(
            new StudentDetailsResponse(
                user.Id.ToString(),
                user.Username,
                user.Email,
                user.EmailVerifiedAt is not null,
                user.CreatedAt,
                user.ArchivedAt,
                [.. courses.Select(StudentCourseResponse.From)]
            )
        );
    }
}
