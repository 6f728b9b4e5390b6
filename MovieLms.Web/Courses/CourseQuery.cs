using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using MovieLms.Client;

namespace MovieLms.Web.Courses;

/// <summary>What the list of courses shows, as in its address.</summary>
/// <param name="Search">Words of titles.</param>
/// <param name="Show">Which courses: null for all, <c>own</c>, <c>drafts</c> or <c>archived</c>.</param>
/// <param name="Sort">The order, as in the API.</param>
/// <param name="Cursor">The API's position of the page; null for the first one.</param>
/// <param name="Page">The number of the page, from 1.</param>
internal sealed record CourseQuery(string? Search, string? Show, string? Sort, string? Cursor, int Page)
{
    internal const string Own = "own";
    internal const string Drafts = "drafts";
    internal const string Archived = "archived";
    private const string Path = "/courses";

    /// <summary>The orders to choose from.</summary>
    internal static IReadOnlyList<(string Value, string Name, ListCoursesSort Sort)> Sorts { get; } =
    [
        ("title", "Title", ListCoursesSort.Title),
        ("-createdAt", "Newest first", ListCoursesSort.MinuscreatedAt),
        ("createdAt", "Oldest first", ListCoursesSort.CreatedAt),
    ];

    internal bool IsFiltered => Search is not null || Show is not null;

    /// <summary>The order for the API; by title unless another known one is given.</summary>
    internal ListCoursesSort ApiSort => Sorts.FirstOrDefault(sort => sort.Value == Sort, Sorts[0]).Sort;

    /// <summary>Returns the choices of courses; drafts and own ones only for those who can have some.</summary>
    internal static IEnumerable<(string Value, string Name)> GetChoices(bool canCreate)
    {
        yield return ("", "All courses");
        if (canCreate)
        {
            yield return (Own, "My own courses");
            yield return (Drafts, "Drafts");
        }
        yield return (Archived, "Archived courses");
    }

    /// <summary>Returns the address of a page; of the first one without a cursor.</summary>
    internal string ToAddress(string? cursor = null, int page = 1)
    {
        var query = new Dictionary<string, string?>
        {
            ["search"] = Search,
            ["show"] = Show,
            ["sort"] = Sort,
            ["cursor"] = cursor,
            ["page"] = cursor is null ? null : page.ToString(CultureInfo.InvariantCulture),
        };
        return QueryHelpers.AddQueryString(Path, query.Where(pair => pair.Value is not null));
    }
}
