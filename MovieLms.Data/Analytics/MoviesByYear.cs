using MongoDB.Bson;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Analytics;

/// <summary>How many films a year has.</summary>
/// <param name="Year">Null for films without one, which are a group of their own and come first.</param>
/// <param name="Count">All films of the year.</param>
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
