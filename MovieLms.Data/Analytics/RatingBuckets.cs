using MongoDB.Bson;

namespace MovieLms.Data.Analytics;

/// <summary>Films whose rating lies from <paramref name="From"/> (inclusive) to <paramref name="To"/> (exclusive).</summary>
/// <param name="From">Inclusive.</param>
/// <param name="To">Exclusive.</param>
/// <param name="Count">How many films.</param>
/// <param name="AverageRating">Null when there are none.</param>
public sealed record RatingBucket(double From, double To, int Count, double? AverageRating);

/// <summary>Every bucket that was asked for, empty ones too.</summary>
/// <param name="Buckets">Ascending.</param>
/// <param name="Other">Films outside all buckets, unrated ones among them.</param>
public sealed record RatingHistogram(IReadOnlyList<RatingBucket> Buckets, int Other);

/// <summary>
/// The number of movies in rating bands chosen by the caller
/// (https://www.mongodb.com/docs/manual/reference/operator/aggregation/bucket/).
/// </summary>
internal static class RatingBuckets
{
    private const string Other = "other";

    internal static BsonDocument[] Stages(IReadOnlyList<double> boundaries) =>
        [
            PipelineText.Stage("$match", new BsonDocument("deletedAt", BsonNull.Value)),
            PipelineText.Stage(
                "$bucket",
                new BsonDocument
                {
                    { "groupBy", "$rating" },
                    { "boundaries", new BsonArray(boundaries) },
                    { "default", Other },
                    {
                        "output",
                        new BsonDocument
                        {
                            { "count", new BsonDocument("$sum", 1) },
                            { "averageRating", new BsonDocument("$avg", "$rating") },
                        }
                    },
                }
            ),
            PipelineText.Stage("$sort", new BsonDocument("_id", 1)),
        ];

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
