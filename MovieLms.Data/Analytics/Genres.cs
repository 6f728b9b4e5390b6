using MongoDB.Bson;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Analytics;

/// <summary>A genre of the catalog.</summary>
/// <param name="Name">The genre as it is written; one of the spellings if they differ in case or accents.</param>
/// <param name="Movies">The number of movies that the filter <c>genre</c> of the movie list finds.</param>
public sealed record Genre(string Name, int Movies);

/// <summary>The genres of the catalog, by name.</summary>
internal static class Genres
{
    internal static readonly BsonDocument[] Stages = PipelineText.Parse(
        """
        [
          { $match: { deletedAt: null, genreKey: { $gt: "" } } },
          { $group: { _id: "$genreKey", name: { $min: "$genre" }, movies: { $sum: 1 } } },
          { $sort: { _id: 1 } },
          { $limit: 1000 },
          { $project: { _id: 0, name: 1, movies: 1 } }
        ]
        """
    );
}
