using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Changes;
using MovieLms.Data.Movies;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Reviews;

/// <summary>
/// Finds and repairs movies whose sum or number of reviews differs from their reviews, which a crash between the two writes of a
/// review can cause. Used by a scheduled job.
/// </summary>
public sealed class ReviewRepair(IMongoDatabase database, TimeProvider time, IChangeSink changes)
{
    private const string IsLive =
        """{ $and: [ { $eq: [ { $ifNull: [ "$deletedAt", null ] }, null ] }, { $eq: [ { $ifNull: [ "$archivedAt", null ] }, null ] } ] }""";

    // The reviews of each movie that are neither deleted nor archived.
    private static readonly BsonDocument Sums = PipelineText.Parse(
        $$"""
        [ { $group: {
          _id: "$movieId",
          tenths: { $sum: { $cond: [ {{IsLive}}, { $toLong: { $round: [ { $multiply: [ "$rating", 10 ] }, 0 ] } }, NumberLong(0) ] } },
          count: { $sum: { $cond: [ {{IsLive}}, NumberLong(1), NumberLong(0) ] } },
          last: { $max: "$updatedAt" }
        } } ]
        """
    )[0];

    private static readonly BsonDocument[] DifferingFromMovie = PipelineText.Parse(
        $$"""
        [
          { $lookup: { from: "{{MovieEntity.Collection}}", localField: "_id", foreignField: "_id", as: "movie" } },
          { $unwind: "$movie" },
          { $match: { $expr: { $or: [
            { $ne: [ "$tenths", "$movie.reviewTenths" ] },
            { $ne: [ "$count", "$movie.reviewCount" ] }
          ] } } },
          { $project: { tenths: 1, count: 1, version: "$movie.version" } }
        ]
        """
    );

    private readonly IMongoCollection<MovieDocument> _movies = database.GetCollection<MovieDocument>(MovieEntity.Collection);
    private readonly IMongoCollection<ReviewDocument> _reviews = database.GetCollection<ReviewDocument>(ReviewEntity.Collection);

    /// <summary>
    /// Repairs all movies without a new review for <paramref name="quiet"/>, so that a write in progress is not mistaken for a lost one.
    /// </summary>
    /// <returns>The number of repaired movies.</returns>
    public async Task<int> RunAsync(TimeSpan quiet, CancellationToken cancellationToken)
    {
        var repaired = 0;
        using var differences = await _reviews.AggregateAsync<Difference>(
            Differences(time.GetUtcNow() - quiet),
            cancellationToken: cancellationToken
        );
        while (await differences.MoveNextAsync(cancellationToken))
        {
            foreach (var movie in differences.Current)
            {
                // A movie that has changed since the comparison is left to the next run.
                var unchanged = new BsonDocument { { MovieFields.Id, movie.Id }, { MovieFields.Version, movie.Version } };
                var result = await _movies.UpdateOneAsync(
                    unchanged,
                    MovieUpdates.SetReviews(movie.Tenths, movie.Count, time.GetUtcNow()),
                    cancellationToken: cancellationToken
                );
                repaired += (int)result.ModifiedCount;
            }
        }
        if (repaired > 0)
            await changes.PublishAsync(Change.Written(MovieEntity.Name));
        return repaired;
    }

    /// <summary>
    /// Repairs the sum and number of one movie's reviews in one write, after any number of them were hidden or restored. Compares again if
    /// the movie changes concurrently. Uses the index <c>movieId_createdAt_id</c>.
    /// </summary>
    public async Task RepairAsync(ObjectId movieId, CancellationToken cancellationToken)
    {
        var filter = new BsonDocument(MovieFields.Id, movieId);
        var fields = new BsonDocument
        {
            { MovieFields.Version, 1 },
            { MovieFields.ReviewTenths, 1 },
            { MovieFields.ReviewCount, 1 },
        };
        while (await _movies.Find(filter).Project(fields).FirstOrDefaultAsync(cancellationToken) is { } movie)
        {
            BsonDocument[] stages = [new("$match", new BsonDocument(ReviewFields.MovieId, movieId)), Sums];
            using var sums = await _reviews.AggregateAsync<Difference>(stages, cancellationToken: cancellationToken);
            var actual = await sums.FirstOrDefaultAsync(cancellationToken);
            var (tenths, count) = (actual?.Tenths ?? 0, actual?.Count ?? 0);
            if (
                movie.GetValue(MovieFields.ReviewTenths, 0L).ToInt64() == tenths
                && movie.GetValue(MovieFields.ReviewCount, 0L).ToInt64() == count
            )
            {
                return;
            }

            var unchanged = new BsonDocument(filter) { { MovieFields.Version, movie[MovieFields.Version] } };
            var result = await _movies.UpdateOneAsync(
                unchanged,
                MovieUpdates.SetReviews(tenths, count, time.GetUtcNow()),
                cancellationToken: cancellationToken
            );
            if (result.MatchedCount == 1)
            {
                await changes.PublishAsync(Change.Written(MovieEntity.Name, movieId));
                return;
            }
        }
    }

    private static BsonDocument[] Differences(DateTimeOffset quietSince) =>
        [Sums, new("$match", new BsonDocument("last", new BsonDocument("$lte", quietSince.UtcDateTime))), .. DifferingFromMovie];

    private sealed record Difference
    {
        public ObjectId Id { get; init; }
        public long Tenths { get; init; }
        public long Count { get; init; }
        public long Version { get; init; }
    }
}
