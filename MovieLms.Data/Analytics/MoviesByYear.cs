using MongoDB.Bson;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Analytics;

/// <summary>How many movies a year has.</summary>
/// <param name="Year">Null for movies without one, which are a group of their own and come first.</param>
/// <param name="Count">All movies of the year.</param>
public sealed record YearCount(int? Year, int Count);

/// <summary>The number of movies per year, earliest year first.</summary>
internal static class MoviesByYear
{
    internal static readonly BsonDocument[] Stages = PipelineText.Parse(
        """
        [
          { $match: { deletedAt: null } },
          { $group: { _id: "$year", count: { $sum: 1 } } },
          { $sort: { _id: 1 } },
          { $project: { _id: 0, year: "$_id", count: 1 } }
        ]
        """
    );
}
