using System.Security.Claims;
using MovieLms.ApiService.Courses;
using MovieLms.ApiService.Http;
using MovieLms.Application.Access;
using MovieLms.Application.Caching;
using MovieLms.Application.Live;
using MovieLms.Data.Chat;
using MovieLms.Data.Courses;
using MovieLms.Data.Dashboards;
using MovieLms.ServiceDefaults.Access;
using MovieLms.ServiceDefaults.Caching;

namespace MovieLms.ApiService.Dashboards;

/// <summary>The caller's start page in one response.</summary>
internal static class DashboardEndpoint
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(60);

    internal static void MapDashboard(this IEndpointRouteBuilder routes) =>
        routes
            .MapArea("/api/dashboard", "Dashboard")
            .MapGet("/", GetAsync)
            .RequirePermission(Permissions.SignedIn)
            .Produces<DashboardResponse>()
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .WithName("getDashboard")
            .WithSummary("Get the caller's dashboard")
            .WithDescription(
                "Courses, next lectures, assignments due, grades, to-dos and unread messages; for instructors also "
                    + "the submissions to grade. Cached for 60 s. The caller's own writes and changes of courses, "
                    + "lectures, assignments and grades appear at once; messages and submissions of others within 60 s."
            );

    private static ValueTask<CachedJsonResult> GetAsync(
        ClaimsPrincipal caller,
        DashboardReader dashboards,
        RoomLists rooms,
        JsonCache cache,
        CancellationToken cancellationToken
    )
    {
        var (userId, access) = (caller.Id(), caller.CourseAccess());
        return cache.GetOrCreateAsync(
            CacheKeys.Dashboard(userId, access.Scope != CourseScope.None),
            [
                CacheKeys.Courses,
                CacheKeys.Enrollments,
                CacheKeys.EnrollmentsTag(userId),
                CacheKeys.TodosTag(userId),
                CacheKeys.SubmissionsTag(userId),
            ],
            MaxAge,
            async token =>
            {
                var (view, chat) = (
                    dashboards.ReadAsync(access, token),
                    rooms.ListAsync(access, RoomNames.Lobby, course => RoomNames.Course(course.ToString()), token)
                );
                await Task.WhenAll(view, chat);
                return DashboardResponse.From(await view, await chat);
            },
            cancellationToken,
            isPrivate: true
        );
    }
}
