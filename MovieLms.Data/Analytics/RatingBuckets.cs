using MongoDB.Bson;
using MovieLms.Data.Movies;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Analytics;

/// <summary>Movies whose rating lies from <paramref name="From"/> (inclusive) to <paramref name="To"/> (exclusive).</summary>
/// <param name="From">Inclusive.</param>
/// <param name="To">Exclusive.</param>
/// <param name="Count">How many movies.</param>
/// <param name="AverageRating">Null when there are none.</param>
public sealed record RatingBucket(double From, double To, int Count, double? AverageRating);

/// <summary>Every bucket that was asked for, empty ones too.</summary>
/// <param name="Buckets">Ascending.</param>
/// <param name="Other">Movies outside all buckets, unrated ones among them.</param>
public sealed record RatingHistogram(IReadOnlyList<RatingBucket> Buckets, int Other);

/// <summary>
/// The number of movies in rating bands chosen by the caller
/// (https://www.mongodb.com/docs/manual/reference/operator/aggregation/bucket/).
/// </summary>
internal static class RatingBuckets
{
    private const string Other = "other";

    private static readonly ExplainedStage Filtered = new("Leaves out deleted movies.", """{ $match: { deletedAt: null } }""");
    private static readonly ExplainedStage Sorted = new("Puts the lowest ratings first.", """{ $sort: { _id: 1 } }""");

    // Pipeline sets the boundaries on a copy.
    private static readonly BsonDocument Grouped = PipelineText.Parse(
        $$"""
        [ { $bucket: {
          groupBy: "$rating", boundaries: [], default: "{{Other}}",
          output: { count: { $sum: 1 }, averageRating: { $avg: "$rating" } }
        } } ]
        """
    )[0];

    internal static ExplainedPipeline Pipeline(IReadOnlyList<double> boundaries)
    {
        var bucket = Grouped.DeepClone().AsBsonDocument;
        bucket["$bucket"]["boundaries"] = new BsonArray(boundaries);
        return new ExplainedPipeline(
            MovieEntity.Collection,
            [
                Filtered,
                new(
                    "Sorts each movie into the band of its rating, counts the band and averages its ratings. Movies outside of all bands, "
                        + "and those without a rating, go into the group \"other\".",
                    bucket
                ),
                Sorted,
            ]
        );
    }

    /// <summary>Converts the result of <c>$bucket</c>, which omits empty buckets, to a histogram that includes them.</summary>
    internal static RatingHistogram Histogram(IReadOnlyList<double> boundaries, IReadOnlyCollection<BsonDocument> found)
    {
        var byFrom = found.Where(bucket => bucket["_id"].IsNumeric).ToDictionary(bucket => bucket["_id"].ToDouble());
        var buckets = new List<RatingBucket>();
        for (var i = 0; i + 1 < boundaries.Count; i++)
        {
            var bucket = byFrom.GetValueOrDefault(boundaries[i]);
            buckets.Add(
                new RatingBucket(
                    boundaries[i],
                    boundaries[i + 1],
                    bucket?["count"].ToInt32() ?? 0,
                    bucket?["averageRating"] is { IsNumeric: true } mean ? mean.ToDouble() : null
                )
            );
        }
        return new RatingHistogram(buckets, found.FirstOrDefault(bucket => bucket["_id"] == Other)?["count"].ToInt32() ?? 0);
    }
}
