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
        new("/analytics", "/analytics", [Anonymous, Admin]),
        new("/analytics/{Name}", "/analytics/movies-by-year", [Anonymous]),
        new("/analytics/{Name}", "/analytics/ratings-by-genre", [Anonymous, Admin]),
        new("/analytics/{Name}/edit", "/analytics/ratings-by-genre/edit", [Admin]),
        new("/analytics/courses/{CourseId}", "/analytics/courses/{course}", [Admin]),
        new("/analytics/courses/{CourseId}/edit", "/analytics/courses/{course}/edit", [Admin]),
        new("/analytics/playground", "/analytics/playground", [Admin]),
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
        new("/orders", "/orders", [Student, Admin]),
        new("/orders/{Id:length(24)}", "/orders/{order}", [Student, Admin]),
        new("/register", "/register", [Anonymous]),
        new("/sign-in", "/sign-in", [Anonymous, Student]),
        new("/todos", "/todos", [Student]),
        new("/todos", "/todos?edit={todo}", [Student]),
        new("/todos/import", "/todos/import", [Student]),
        new("/welcome", "/welcome#a-token", [Anonymous]),
        new("", "/no-such-page", [Anonymous, Student], 404),
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
