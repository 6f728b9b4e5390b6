using MovieLms.Data.Movies;

namespace MovieLms.Data.Analytics;

/// <summary>A genre's movies.</summary>
/// <param name="Genre">Null for movies without one, which are a group of their own.</param>
/// <param name="AverageRating">Over the rated movies; null when none is.</param>
/// <param name="Count">All movies of the genre, rated or not.</param>
public sealed record GenreRating(string? Genre, double? AverageRating, int Count);

/// <summary>Average rating per genre, highest first, then by name. Unrated genres come last.</summary>
internal static class RatingsByGenre
{
    internal static readonly ExplainedPipeline Pipeline = new(
        MovieEntity.Collection,
        [
            new("Leaves out deleted movies.", """{ $match: { deletedAt: null } }"""),
            new(
                "Averages the ratings of each genre and counts its movies. $avg ignores movies without a rating; $sum counts them.",
                """{ $group: { _id: "$genre", averageRating: { $avg: "$rating" }, count: { $sum: 1 } } }"""
            ),
            new(
                "Puts the highest average first. The genre decides between equal averages, so the order is always the same.",
                """{ $sort: { averageRating: -1, _id: 1 } }"""
            ),
            new(
                "Names the key of each group what it is: the genre.",
                """{ $project: { _id: 0, genre: "$_id", averageRating: 1, count: 1 } }"""
            ),
        ]
    );
}
