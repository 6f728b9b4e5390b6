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
    private readonly IMongoCollection<MovieDocument> _movies = database.GetCollection<MovieDocument>(CollectionNames.Movies);
    private readonly IMongoCollection<ReviewDocument> _reviews = database.GetCollection<ReviewDocument>(CollectionNames.Reviews);

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
            await changes.PublishAsync(Change.Written(ReviewEntity.Name));
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
            var sums = new BsonDocument[] { new("$match", new BsonDocument(ReviewFields.MovieId, movieId)), Sums };
            var actual = await _reviews
                .Aggregate<Difference>(sums, cancellationToken: cancellationToken)
                .FirstOrDefaultAsync(cancellationToken);
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
                return;
        }
    }

    /// <summary>Sums and counts the reviews of each movie that are neither deleted nor archived.</summary>
    private static BsonDocument Sums
    {
        get
        {
            var counts = new BsonDocument(
                "$and",
                new BsonArray(
                    new[] { ReviewFields.DeletedAt, ReviewFields.ArchivedAt }.Select(mark => new BsonDocument(
                        "$eq",
                        new BsonArray { new BsonDocument("$ifNull", new BsonArray { "$" + mark, BsonNull.Value }), BsonNull.Value }
                    ))
                )
            );
            var tenths = new BsonDocument(
                "$toLong",
                new BsonDocument(
                    "$round",
                    new BsonArray { new BsonDocument("$multiply", new BsonArray { "$" + ReviewFields.Rating, 10 }), 0 }
                )
            );
            return new BsonDocument(
                "$group",
                new BsonDocument
                {
                    { "_id", "$" + ReviewFields.MovieId },
                    { "tenths", new BsonDocument("$sum", new BsonDocument("$cond", new BsonArray { counts, tenths, 0L })) },
                    { "count", new BsonDocument("$sum", new BsonDocument("$cond", new BsonArray { counts, 1L, 0L })) },
                    { "last", new BsonDocument("$max", "$" + ReviewFields.UpdatedAt) },
                }
            );
        }
    }

    private static PipelineDefinition<ReviewDocument, Difference> Differences(DateTimeOffset quietSince) =>
        new BsonDocument[]
        {
            Sums,
            new("$match", new BsonDocument("last", new BsonDocument("$lte", quietSince.UtcDateTime))),
            new(
                "$lookup",
                new BsonDocument
                {
                    { "from", CollectionNames.Movies },
                    { "localField", "_id" },
                    { "foreignField", "_id" },
                    { "as", "movie" },
                }
            ),
            new("$unwind", "$movie"),
            new(
                "$match",
                new BsonDocument(
                    "$expr",
                    new BsonDocument(
                        "$or",
                        new BsonArray
                        {
                            new BsonDocument("$ne", new BsonArray { "$tenths", "$movie." + MovieFields.ReviewTenths }),
                            new BsonDocument("$ne", new BsonArray { "$count", "$movie." + MovieFields.ReviewCount }),
                        }
                    )
                )
            ),
            new(
                "$project",
                new BsonDocument
                {
                    { "tenths", 1 },
                    { "count", 1 },
                    { "version", "$movie." + MovieFields.Version },
                }
            ),
        };

    private sealed record Difference
    {
        public ObjectId Id { get; init; }
        public long Tenths { get; init; }
        public long Count { get; init; }
        public long Version { get; init; }
    }
}
