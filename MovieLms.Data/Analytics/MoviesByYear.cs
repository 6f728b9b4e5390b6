using MovieLms.Data.Movies;

namespace MovieLms.Data.Analytics;

/// <summary>How many movies a year has.</summary>
/// <param name="Year">Null for movies without one, which are a group of their own and come first.</param>
/// <param name="Count">All movies of the year.</param>
public sealed record YearCount(int? Year, int Count);

/// <summary>The number of movies per year, earliest year first.</summary>
internal static class MoviesByYear
{
    internal static readonly ExplainedPipeline Pipeline = new(
        MovieEntity.Collection,
        [
            new("Leaves out deleted movies.", """{ $match: { deletedAt: null } }"""),
            new(
                "Counts the movies of each year. Movies without a year form a group of their own.",
                """{ $group: { _id: "$year", count: { $sum: 1 } } }"""
            ),
            new("Puts the earliest year first. The group without a year comes before it.", """{ $sort: { _id: 1 } }"""),
            new("Names the key of each group what it is: the year.", """{ $project: { _id: 0, year: "$_id", count: 1 } }"""),
        ]
    );
}
