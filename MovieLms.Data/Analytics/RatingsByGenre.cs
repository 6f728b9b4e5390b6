using MongoDB.Bson;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Analytics;

/// <summary>A genre's movies.</summary>
/// <param name="Genre">Null for movies without one, which are a group of their own.</param>
/// <param name="AverageRating">Over the rated movies; null when none is.</param>
/// <param name="Count">All movies of the genre, rated or not.</param>
public sealed record GenreRating(string? Genre, double? AverageRating, int Count);

/// <summary>Average rating per genre, highest first, then by name. Unrated genres come last.</summary>
internal static class RatingsByGenre
{
    internal static readonly BsonDocument[] Stages = PipelineText.Parse(
        """
        [
          { $match: { deletedAt: null } },
          { $group: { _id: "$genre", averageRating: { $avg: "$rating" }, count: { $sum: 1 } } },
          { $sort: { averageRating: -1, _id: 1 } },
          { $project: { _id: 0, genre: "$_id", averageRating: 1, count: 1 } }
        ]
        """
    );
}
