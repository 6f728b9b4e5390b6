using System.ComponentModel;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using MovieLms.ApiService.Courses;
using MovieLms.ApiService.Exports;
using MovieLms.ApiService.Http;
using MovieLms.ApiService.Imports;
using MovieLms.Application.Access;
using MovieLms.Application.Caching;
using MovieLms.Data.Courses;
using MovieLms.Data.Enrollments;
using MovieLms.Data.Imports;
using MovieLms.Data.Paging;
using MovieLms.ServiceDefaults.Access;
using MovieLms.ServiceDefaults.Caching;
using MovieLms.ServiceDefaults.Errors;

namespace MovieLms.ApiService.Enrollments;

/// <summary>Enrollments of students in courses, for the student and the course's managers.</summary>
internal static class EnrollmentEndpoints
{
    internal const string ResourceName = "enrollment";
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(60);

    internal static void MapEnrollments(this IEndpointRouteBuilder routes)
    {
        var enrollments = routes.MapArea("/api/enrollments", "Enrollments").WithNoStore();
        enrollments
            .MapGet("/", ListAsync)
            .RequirePermission(Permissions.SignedIn)
            .WithName("listEnrollments")
            .WithExport<EnrollmentResponse>("enrollments")
            .WithSummary("List enrollments")
            .WithDescription(
                "The caller's enrollments, cached for 60 s or until they change. With `courseId`, all enrollments of "
                    + "a course that the caller manages. Most recent first."
            )
            .SkipValidation()
            .ProducesCached<Page<EnrollmentResponse>>()
            .ProducesAccessProblems()
            .ProducesProblem(StatusCodes.Status404NotFound);
        enrollments
            .MapGet("/{id}", GetAsync)
            .RequirePermission(Permissions.SignedIn)
            .WithName("getEnrollment")
            .WithSummary("Get an enrollment")
            .WithDescription("For its student and for those who manage the course.")
            .ProducesAccessProblems()
            .ProducesProblem(StatusCodes.Status404NotFound);
        enrollments
            .MapPost("/", EnrollmentWrites.EnrollAsync)
            .RequirePermission(Permissions.SignedIn)
            .WithName("enroll")
            .WithSummary("Enroll in a course")
            .WithDescription(
                "Enrolls the caller or, with `studentId`, a student in a course that the caller manages. A priced "
                    + "course requires a delivered order (402)."
            )
            .ProducesAccessProblems()
            .ProducesProblem(StatusCodes.Status402PaymentRequired)
            .ProducesProblem(StatusCodes.Status404NotFound);
        enrollments
            .MapPatch("/{id}", EnrollmentWrites.ChangeAsync)
            .RequirePermission(Permissions.CoursesWrite)
            .WithName("changeEnrollment")
            .WithSummary("Change an enrollment")
            .WithDescription(
                "Sets the status, the grade or both, in a course that the caller manages. Members that the body omits stay. A change of "
                    + "nothing keeps the version."
            )
            .ProducesWriteProblems()
            .ProducesProblem(StatusCodes.Status409Conflict);
        enrollments
            .MapDelete("/{id}", EnrollmentWrites.WithdrawAsync)
            .RequirePermission(Permissions.SignedIn)
            .WithName("withdrawEnrollment")
            .WithSummary("Withdraw an enrollment")
            .WithDescription("For its student and for those who manage the course. Enrolling again activates the same enrollment.")
            .ProducesWriteProblems()
            .ProducesProblem(StatusCodes.Status409Conflict);
        routes
            .MapPost("/api/courses/{id}/enrollments/import", ImportAsync)
            .AcceptsRows()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .WithTags("Enrollments")
            .RequirePermission(Permissions.CoursesWrite)
            .ForbidsNonManagers()
            .WithName("importEnrollments")
            .WithSummary("Import enrollments")
            .WithDescription(
                "Enrolls existing users in the course from a CSV file with the columns `email` and `name`. Responds "
                    + "with 202 at once; `GET` the `Location` to follow the progress."
            );
    }

    private static async Task<IResult> ListAsync(
        [AsParameters] EnrollmentQuery query,
        [AsParameters] PageQuery page,
        HttpContext http,
        CourseStore courses,
        EnrollmentLists enrollments,
        EnrollmentResponseFactory responses,
        JsonCache cache,
        CancellationToken cancellationToken
    )
    {
        var filter = query.ToFilter();
        var position = page.GetPosition(EnrollmentLists.Sort, key => key.IsValidDateTime);
        var size = page.GetSize();
        var access = http.User.CourseAccess();
        var isManager = filter.CourseId is { } course
            ? await courses.CanManageAsync(course, access, cancellationToken)
            : access.Scope == CourseScope.All && filter.StudentId is not null;
        if (!isManager && filter.StudentId is { } student && student != access.UserId)
            return Problems.NotFound("student");
        if (!isManager)
            filter = filter with { StudentId = access.UserId };
        // Not cached for staff: they list a course's enrollments rarely, and many students change them.
        if (isManager || page.IsExport)
        {
            http.Response.Headers["X-Cache"] = "MISS";
            return TypedResults.Ok(await ReadAsync(cancellationToken));
        }
        var userId = http.User.Id();
        return await cache.GetOrCreateAsync(
            CacheKeys.EnrollmentList(userId, filter.CourseId, filter.Status, filter.Archived, size, page.Cursor),
            [CacheKeys.Enrollments, CacheKeys.EnrollmentsTag(userId)],
            MaxAge,
            ReadAsync,
            cancellationToken,
            isPrivate: true
        );

        async Task<Page<EnrollmentResponse>> ReadAsync(CancellationToken token)
        {
            var found = await enrollments.ListAsync(filter, position, size, token);
            return found.WithItems(await responses.CreateAsync(found.Items, token));
        }
    }

    private static async Task<Results<Versioned<EnrollmentResponse>, ProblemHttpResult>> GetAsync(
        [Description("The enrollment's ID")] string id,
        ClaimsPrincipal caller,
        CourseStore courses,
        EnrollmentStore enrollments,
        EnrollmentResponseFactory responses,
        CancellationToken cancellationToken
    )
    {
        if (
            !Problems.TryParseId(id, out var enrollmentId)
            || await enrollments.GetAsync(enrollmentId, cancellationToken) is not { } enrollment
        )
        {
            return Problems.NotFound(ResourceName);
        }

        if (
            enrollment.StudentId != caller.GetObjectId()
            && await courses.GetManagedAsync(enrollment.CourseId, caller.CourseAccess(), cancellationToken) is null
        )
        {
            return Problems.NotFound(ResourceName);
        }

        return new Versioned<EnrollmentResponse>(await responses.CreateAsync(enrollment, cancellationToken), enrollment.Version);
    }

    private static async Task<IResult> ImportAsync(
        [Description("The course's ID")] string id,
        HttpContext http,
        ImportUpload upload,
        CourseStore courses
    )
    {
        if (
            !Problems.TryParseId(id, out var courseId)
            || await courses.GetManagedAsync(courseId, http.User.CourseAccess(), http.RequestAborted) is not { } course
        )
        {
            return Problems.NotFound("course");
        }

        return course.ArchivedAt is null ? await upload.AcceptAsync(http, ImportKind.Enrollments, courseId) : Problems.ReadOnly();
    }
}

/// <summary>The filters of the enrollment list.</summary>
internal readonly record struct EnrollmentQuery(
    [property: FromQuery(Name = "courseId"), Description("Only of this course; all students for those who manage it.")] string? CourseId,
    [property:
        FromQuery(Name = "studentId"),
        Description("Only of this student, in a course that the caller manages; anywhere for admins.")
    ]
        string? StudentId,
    [property: FromQuery(Name = "status"), Choices<EnrollmentStatus>, Description("active, completed or withdrawn.")] string? Status,
    [property: FromQuery(Name = "archived"), Description("true: only archived enrollments, in place of only the others.")] bool? Archived
)
{
    /// <exception cref="InvalidInputException">A value is out of range.</exception>
    internal EnrollmentFilter ToFilter() =>
        new(
            QueryValues.ParseId("studentId", StudentId),
            QueryValues.ParseId("courseId", CourseId),
            QueryValues.ParseEnum<EnrollmentStatus>("status", Status),
            Archived ?? false
        );
}
