using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using MovieLms.Client;

namespace MovieLms.Web.Catalogue;

/// <summary>What the page of movies shows, as in its address.</summary>
/// <param name="Search">Words of titles and directors.</param>
/// <param name="Decade">The first year of ten.</param>
/// <param name="Rating">The lowest rating.</param>
/// <param name="Sort">The order, as in the API.</param>
/// <param name="Cursor">The API's position of the page; null for the first one.</param>
/// <param name="Page">The number of the page, from 1.</param>
public sealed record CatalogueQuery(string? Search, string? Genre, int? Decade, int? Rating, string? Sort, string? Cursor, int Page)
{
    private const string Path = "/movies";

    /// <summary>The orders to choose from.</summary>
    public static IReadOnlyList<(string Value, string Name, ListMoviesSort Sort)> Sorts { get; } =
    [
        ("title", "Title", ListMoviesSort.Title),
        ("-rating", "Best rated", ListMoviesSort.Minusrating),
        ("-votes", "Most votes", ListMoviesSort.Minusvotes),
        ("-year", "Newest first", ListMoviesSort.Minusyear),
        ("year", "Oldest first", ListMoviesSort.Year),
        ("-added", "Recently added", ListMoviesSort.Minusadded),
    ];

    public bool IsFiltered => Search is not null || Genre is not null || Decade is not null || Rating is not null;

    /// <summary>The order for the API; by title unless another known one is given.</summary>
    public ListMoviesSort ApiSort => Sorts.FirstOrDefault(sort => sort.Value == Sort, Sorts[0]).Sort;

    /// <summary>Returns the address of the first page.</summary>
    public string ToAddress() => ToAddress(cursor: null, page: 1);

    /// <summary>Returns the address of a page.</summary>
    public string ToAddress(string? cursor, int page)
    {
        var query = new Dictionary<string, string?>
        {
            ["search"] = Search,
            ["genre"] = Genre,
            ["decade"] = Decade?.ToString(CultureInfo.InvariantCulture),
            ["rating"] = Rating?.ToString(CultureInfo.InvariantCulture),
            ["sort"] = Sort,
            ["cursor"] = cursor,
            ["page"] = cursor is null ? null : page.ToString(CultureInfo.InvariantCulture),
        };
        return QueryHelpers.AddQueryString(Path, query.Where(pair => pair.Value is not null));
    }
}
