using MovieLms.ApiService.Http;
using MovieLms.Data.Courses;
using MovieLms.Data.Enrollments;

namespace MovieLms.ApiService.Courses;

/// <summary>
/// Responds with 403 instead of 404 to callers who see the course <c>{id}</c> of the path but may not do what they requested. Callers who
/// do not see the course still get 404. Handlers need not tell the two apart.
/// </summary>
internal static class CourseDenials
{
    /// <summary>For endpoints that only those who manage the course may use.</summary>
    internal static RouteHandlerBuilder ForbidsNonManagers(this RouteHandlerBuilder endpoint) =>
        endpoint.Forbid(
            "Only the owner of the course and administrators may do this.",
            (http, course) => Task.FromResult(http.User.CourseAccess().Manages(course))
        );

    /// <summary>For endpoints that only the students of the course and those who manage it may use.</summary>
    internal static RouteHandlerBuilder ForbidsNonMembers(this RouteHandlerBuilder endpoint) =>
        endpoint.Forbid(
            "Only the students of the course and those who manage it may do this.",
            async (http, course) =>
                http.User.CourseAccess().Manages(course)
                || await http
                    .RequestServices.GetRequiredService<EnrollmentStore>()
                    .IsActiveAsync(course.Id, http.User.GetObjectId(), http.RequestAborted)
        );

    private static RouteHandlerBuilder Forbid(
        this RouteHandlerBuilder endpoint,
        string detail,
        Func<HttpContext, CourseDocument, Task<bool>> isAllowed
    ) =>
        endpoint.AddEndpointFilter(
            async (context, next) =>
            {
                var result = await next(context);
                return
                    IsNotFound(result)
                    && await FindVisibleAsync(context.HttpContext) is { } course
                    && !await isAllowed(context.HttpContext, course)
                    ? Problems.Forbidden(detail)
                    : result;
            }
        );

    private static bool IsNotFound(object? result) =>
        (result is INestedHttpResult nested ? nested.Result : result)
            is IStatusCodeHttpResult { StatusCode: StatusCodes.Status404NotFound };

    private static async Task<CourseDocument?> FindVisibleAsync(HttpContext http) =>
        Problems.TryParseId($"{http.Request.RouteValues["id"]}", out var courseId)
            ? await http
                .RequestServices.GetRequiredService<CourseStore>()
                .GetVisibleAsync(courseId, http.User.CourseAccess(), http.RequestAborted)
            : null;
}
