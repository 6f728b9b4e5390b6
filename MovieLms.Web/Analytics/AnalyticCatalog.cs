using MovieLms.Client;

namespace MovieLms.Web.Analytics;

/// <summary>The analytics that have pages.</summary>
public static class AnalyticCatalog
{
    /// <summary>The analytics in the order of the overview.</summary>
    public static IReadOnlyList<AnalyticGroup> Groups { get; } =
    [
        new(
            "Movies",
            [
                MovieAnalytics.RatingsByGenre,
                MovieAnalytics.MoviesByYear,
                MovieAnalytics.RatingBuckets,
                MovieAnalytics.TopRated,
                MovieAnalytics.Facets,
            ]
        ),
        new("People", [PeopleAnalytics.Reviewers, PeopleAnalytics.Favorites]),
        new("Orders", [OrderAnalytics.ByStatus, OrderAnalytics.ByItem, OrderAnalytics.ByCustomer, OrderAnalytics.Users]),
    ];

    /// <summary>All analytics.</summary>
    public static IEnumerable<Analytic> All => Groups.SelectMany(group => group.Analytics);

    /// <summary>Returns the analytic of a page.</summary>
    /// <exception cref="ApiException">There is none. The visitor sees the page for 404.</exception>
    public static Analytic Find(string name) =>
        All.FirstOrDefault(analytic => analytic.Name == name)
        ?? throw new ApiException(
            "There is no such analytic.",
            StatusCodes.Status404NotFound,
            response: null,
            new Dictionary<string, IEnumerable<string>>(),
            innerException: null
        );
}
