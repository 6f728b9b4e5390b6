using MongoDB.Bson;
using MovieLms.Data.Movies;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Analytics;

/// <summary>Movies of one genre; null for those without.</summary>
public sealed record GenreCount(string? Genre, int Count);

/// <summary>Movies of ten years, named by the first; null for those without a year.</summary>
public sealed record DecadeCount(int? Decade, int Count);

/// <summary>Movies rated from <paramref name="From"/> to below <paramref name="To"/>; the last band holds its upper end too.</summary>
public sealed record RatingBand(double From, double To, int Count);

/// <summary>Movies of one distributor; null for those without.</summary>
public sealed record DistributorCount(string? Distributor, int Count);

/// <summary>What a search page offers to narrow by.</summary>
public sealed record MovieFacets(
    IReadOnlyList<GenreCount> Genres,
    IReadOnlyList<DecadeCount> Decades,
    IReadOnlyList<RatingBand> RatingBands,
    IReadOnlyList<DistributorCount> Distributors
)
{
    internal static MovieFacets Empty { get; } = new([], [], [], []);
}

/// <summary>
/// Four groupings of the same movies in one pass (https://www.mongodb.com/docs/manual/reference/operator/aggregation/facet/).
/// </summary>
internal static class Facets
{
    // The bands are numbered 0 to 4, half the rating. The last includes 10, which the exclusive upper bounds of $bucket would leave out.
    private static readonly BsonDocument Groupings = PipelineText.Parse(
        """
        [ { $facet: {
          genres: [
            { $group: { _id: "$genre", count: { $sum: 1 } } },
            { $sort: { count: -1, _id: 1 } },
            { $project: { _id: 0, genre: "$_id", count: 1 } }
          ],
          decades: [
            { $group: { _id: { $subtract: [ "$year", { $mod: [ "$year", 10 ] } ] }, count: { $sum: 1 } } },
            { $sort: { _id: 1 } },
            { $project: { _id: 0, decade: "$_id", count: 1 } }
          ],
          ratingBands: [
            { $match: { rating: { $gte: 0 } } },
            { $group: { _id: { $min: [ { $floor: { $divide: [ "$rating", 2 ] } }, 4 ] }, count: { $sum: 1 } } },
            { $sort: { _id: 1 } },
            { $project: { _id: 0, from: { $multiply: [ "$_id", 2 ] }, to: { $add: [ { $multiply: [ "$_id", 2 ] }, 2 ] }, count: 1 } }
          ],
          distributors: [
            { $group: { _id: "$distributor", count: { $sum: 1 } } },
            { $sort: { count: -1, _id: 1 } },
            { $limit: 20 },
            { $project: { _id: 0, distributor: "$_id", count: 1 } }
          ]
        } } ]
        """
    )[0];

    /// <summary>Returns the stages for the movies that match a filter of <see cref="Movies.MovieLists"/>.</summary>
    internal static ExplainedPipeline Pipeline(BsonDocument filter) =>
        new(
            MovieEntity.Collection,
            [
                new("Keeps the movies that the search finds: not deleted, with all its words, and of its genre.", "$match", filter),
                new(
                    "Counts the same movies in four ways in one pass: by genre, decade, rating band and distributor, of which it keeps the "
                        + "twenty largest.",
                    Groupings
                ),
            ]
        );
}
