using System.Reflection;
using Microsoft.AspNetCore.Components;

namespace MovieLms.EndToEnd.BrowserTests;

/// <summary>A page of the console and the visitors that a test opens it as.</summary>
/// <param name="Route">The route of the page; empty for an error page.</param>
/// <param name="Address">The address that the test opens; names in braces, such as <c>{movie}</c>, are IDs.</param>
/// <param name="Roles">The visitors.</param>
/// <param name="Status">The expected status.</param>
internal sealed record ConsolePage(string Route, string Address, string[] Roles, int Status = 200)
{
    private const string Anonymous = ConsoleSite.Anonymous;
    private const string Student = ConsoleSite.Student;
    private const string Instructor = ConsoleSite.Instructor;
    private const string Admin = ConsoleSite.Admin;

    /// <summary>All pages, in the order of their routes.</summary>
    internal static IReadOnlyList<ConsolePage> All { get; } =
    [
        new("/", "/", [Anonymous, Student, Admin]),
        new("/account", "/account", [Student, Admin]),
        new("/account/data", "/account/data", [Student]),
        new("/account/deleted", "/account/deleted", [Anonymous]),
        new("/account/email", "/account/email#a-token", [Anonymous]),
        new("/account/forgot", "/account/forgot", [Anonymous]),
        new("/account/keep", "/account/keep#a-token", [Anonymous]),
        new("/account/password", "/account/password#a-token", [Anonymous]),
        new("/account/security", "/account/security", [Student]),
        new("/account/signed-in", "/account/signed-in", [Anonymous]),
        new("/account/verify", "/account/verify#a-token", [Anonymous, Student]),
        new("/admin", "/admin", [Admin]),
        new("/admin", "/admin", [Student], 403),
        new("/admin/audit", "/admin/audit", [Admin]),
        new("/admin/audit", "/admin/audit?by=ida", [Admin]),
        new("/admin/data-model", "/admin/data-model", [Admin]),
        new("/admin/health", "/admin/health", [Admin]),
        new("/admin/imports", "/admin/imports", [Admin]),
        new("/admin/imports/{Id:length(24)}/report", "/admin/imports/{import}/report", [Admin]),
        new("/admin/jobs", "/admin/jobs", [Admin]),
        new("/admin/jobs/{Id:maxlength(100)}", "/admin/jobs/{job}", [Admin]),
        new("/admin/mail", "/admin/mail", [Admin]),
        new("/admin/settings", "/admin/settings", [Admin]),
        new("/admin/users", "/admin/users", [Admin]),
        new("/admin/users/{Id:length(24)}", "/admin/users/{student}", [Admin]),
        new("/analytics", "/analytics", [Anonymous, Admin]),
        new("/analytics/courses/{CourseId}", "/analytics/courses/{course}", [Admin]),
        new("/analytics/courses/{CourseId}/edit", "/analytics/courses/{course}/edit", [Admin]),
        new("/analytics/playground", "/analytics/playground", [Admin]),
        new("/analytics/{Name}", "/analytics/movies-by-year", [Anonymous]),
        new("/analytics/{Name}", "/analytics/ratings-by-genre", [Anonymous, Admin]),
        new("/analytics/{Name}/edit", "/analytics/ratings-by-genre/edit", [Admin]),
        new("/calendar", "/calendar", [Student, Admin]),
        new("/calendar", "/calendar?view=list", [Student]),
        new("/chat", "/chat", [Student, Instructor]),
        new("/chat/{Room}", "/chat/lobby", [Student, Admin]),
        new("/chat/{Room}", "/chat/course:none", [Student], 404),
        new("/courses", "/courses", [Anonymous, Student, Instructor]),
        new("/courses", "/courses?search=no-such-course", [Student]),
        new("/courses/new", "/courses/new", [Instructor]),
        new("/courses/{Id:length(24)}", "/courses/{course}", [Student, Instructor, Admin]),
        new("/courses/{Id:length(24)}/announcements", "/courses/{course}/announcements", [Student, Admin]),
        new("/courses/{Id:length(24)}/assignments", "/courses/{graded-course}/assignments", [Student, Admin]),
        new("/courses/{Id:length(24)}/assignments/new", "/courses/{graded-course}/assignments/new", [Admin]),
        new(
            "/courses/{Id:length(24)}/assignments/{AssignmentId:length(24)}",
            "/courses/{graded-course}/assignments/{assignment}",
            [Student, Admin]
        ),
        new(
            "/courses/{Id:length(24)}/assignments/{AssignmentId:length(24)}/edit",
            "/courses/{graded-course}/assignments/{assignment}/edit",
            [Admin]
        ),
        new("/courses/{Id:length(24)}/deleted", "/courses/{course}/deleted", [Admin]),
        new("/courses/{Id:length(24)}/edit", "/courses/{course}/edit", [Admin]),
        new("/courses/{Id:length(24)}/grades", "/courses/{graded-course}/grades", [Student, Admin]),
        new("/courses/{Id:length(24)}/lectures", "/courses/{course}/lectures", [Student, Admin]),
        new("/courses/{Id:length(24)}/lectures/new", "/courses/{course}/lectures/new", [Admin]),
        new("/courses/{Id:length(24)}/lectures/{LectureId:length(24)}", "/courses/{course}/lectures/{lecture}", [Student, Admin]),
        new("/courses/{Id:length(24)}/lectures/{LectureId:length(24)}/edit", "/courses/{course}/lectures/{lecture}/edit", [Admin]),
        new("/courses/{Id:length(24)}/people", "/courses/{course}/people", [Admin]),
        new("/courses/{Id:length(24)}/people", "/courses/{course}/people", [Student], 403),
        new("/imports/{Id:length(24)}", "/imports/{import}", [Admin]),
        new("/movies", "/movies", [Anonymous, Student, Instructor]),
        new("/movies", "/movies?search=god", [Anonymous]),
        new("/movies/deleted", "/movies/deleted", [Admin]),
        new("/movies/import", "/movies/import", [Instructor, Admin]),
        new("/movies/new", "/movies/new", [Instructor]),
        new("/movies/new", "/movies/new", [Student], 403),
        new("/movies/{Id:length(24)}", "/movies/{movie}", [Anonymous, Student, Instructor]),
        new("/movies/{Id:length(24)}/deleted", "/movies/{movie}/deleted", [Admin]),
        new("/movies/{Id:length(24)}/edit", "/movies/{movie}/edit", [Instructor]),
        new("/notifications", "/notifications", [Student, Instructor]),
        new("/notifications/{Id:length(24)}", "/notifications/000000000000000000000000", [Student], 404),
        new("/orders", "/orders", [Student, Admin]),
        new("/orders/{Id:length(24)}", "/orders/{order}", [Student, Admin]),
        new("/register", "/register", [Anonymous]),
        new("/sign-in", "/sign-in", [Anonymous, Student]),
        new("/submissions/{SubmissionId:length(24)}", "/submissions/{submission}", [Admin]),
        new("/todos", "/todos", [Student]),
        new("/todos", "/todos?edit={todo}", [Student]),
        new("/todos/import", "/todos/import", [Student]),
        new("/welcome", "/welcome#a-token", [Anonymous]),
        new("", "/no-such-page", [Anonymous, Student], 404),
        new("", "/mail", [Admin]),
        new("", "/api/schema/er?format=html", [Anonymous]),
    ];

    /// <summary>Returns the routes that the console maps.</summary>
    internal static IReadOnlyList<string> GetMappedRoutes() =>
        [
            .. Assembly
                .Load("MovieLms.Web")
                .GetTypes()
                .SelectMany(type => type.GetCustomAttributes<RouteAttribute>())
                .Select(route => route.Template)
                .Order(StringComparer.Ordinal),
        ];
}
