using System.Reflection;
using Microsoft.AspNetCore.Components;

namespace MovieLms.EndToEnd.BrowserTests;

/// <summary>A page of the console and the visitors that a test opens it as.</summary>
/// <param name="Route">The route of the page; empty for an error page.</param>
/// <param name="Address">The address that the test opens; <c>{movie}</c> is the ID of a movie.</param>
/// <param name="Roles">The visitors.</param>
/// <param name="Status">The expected status.</param>
internal sealed record ConsolePage(string Route, string Address, string[] Roles, int Status = 200)
{
    private const string Anonymous = ConsoleSite.Anonymous;

    /// <summary>All pages. Keep it in the order of the routes.</summary>
    internal static IReadOnlyList<ConsolePage> All { get; } =
    [new("/", "/", [Anonymous]), new("/welcome", "/welcome#a-token", [Anonymous]), new("", "/no-such-page", [Anonymous], 404)];

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
