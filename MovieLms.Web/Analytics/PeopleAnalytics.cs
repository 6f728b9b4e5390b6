using MovieLms.Client;
using MovieLms.Web.Analytics.Charts;

namespace MovieLms.Web.Analytics;

/// <summary>The analytics of reviewers and favorites.</summary>
internal static class PeopleAnalytics
{
    internal static readonly Analytic Reviewers = new()
    {
        Name = "reviewers",
        Title = "Most active reviewers",
        Summary = "Who reviews most, and how kindly.",
        Explanation =
            "The users with the most reviews, with their average rating and the movies that they rated last. Compare the averages: some "
            + "people are strict, others like everything.",
        Path = "/api/analytics/reviewers",
        Filters = [new Filter("limit", "Reviewers to show", "1 to 50; 10 by default.") { Type = "number" }],
        PreviewQuery = "?limit=5",
        ReadAsync = async (client, query) =>
        {
            var (reviewers, age) = await client.GetAsync<IReadOnlyList<Reviewer>>("/api/analytics/reviewers" + query);
            return new AnalyticView(
                [
                    new Figure(
                        FigureKind.Bars,
                        "Reviews",
                        [.. reviewers.Select(reviewer => ChartValue.Count(Name(reviewer), reviewer.ReviewCount ?? 0))]
                    ),
                ],
                [
                    new DataTable(
                        "Reviewers",
                        [new("Name"), new("Reviews", IsNumber: true), new("Average rating", IsNumber: true), new("Rated last")],
                        [
                            .. reviewers.Select(reviewer =>
                                (IReadOnlyList<Cell>)
                                    [
                                        Name(reviewer),
                                        Texts.Count(reviewer.ReviewCount ?? 0),
                                        Texts.Rating(reviewer.AverageRating),
                                        Latest(reviewer),
                                    ]
                            ),
                        ]
                    ),
                ]
            )
            {
                Age = age,
            };
        },
    };

    internal static readonly Analytic Favorites = new()
    {
        Name = "favorites",
        Title = "Users with favorites",
        Summary = "How many people keep a list of favorites.",
        Explanation = "The number of users who have at least one favorite movie. Each user counts once, however many favorites they have.",
        Path = "/api/analytics/favorites",
        ReadAsync = async (client, query) =>
        {
            var (favorites, age) = await client.GetAsync<FavoriteUsers>("/api/analytics/favorites" + query);
            var count = favorites.UsersWithFavorites;
            return new AnalyticView(
                [
                    new Figure(
                        FigureKind.Number,
                        "Users with favorites",
                        [ChartValue.Count(count == 1 ? "user has favorites" : "users have favorites", count)]
                    ),
                ],
                [
                    new DataTable(
                        "Users",
                        [new("Users"), new("Number", IsNumber: true)],
                        [
                            ["With at least one favorite", Texts.Count(count)],
                        ]
                    ),
                ]
            )
            {
                Age = age,
            };
        },
    };

    private static string Name(Reviewer reviewer) => reviewer.Username ?? "Deleted account";

    private static string Latest(Reviewer reviewer) =>
        string.Join(", ", (reviewer.Movies ?? []).Take(3).Select(movie => $"{movie.Title} ({Texts.Score(movie.Rating ?? 0)})"));
}
