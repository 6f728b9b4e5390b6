using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Changes;
using MovieLms.Data.Movies;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Reviews;

/// <summary>
/// Finds films whose review sum or count differs from their reviews, which a crash between the two writes of a review can
/// leave, and puts them right. For a scheduled job.
/// </summary>
public sealed class ReviewRepair(IMongoDatabase database, TimeProvider time, IChangeSink changes)
{
    private readonly IMongoCollection<MovieDocument> _movies = database.GetCollection<MovieDocument>(CollectionNames.Movies);
    private readonly IMongoCollection<ReviewDocument> _reviews = database.GetCollection<ReviewDocument>(CollectionNames.Reviews);

    /// <summary>
    /// Repairs every film that nobody has reviewed for <paramref name="quiet"/>: a write under way is not mistaken for a lost one.
    /// </summary>
    /// <returns>How many films were put right.</returns>
    public async Task<int> RunAsync(TimeSpan quiet, CancellationToken cancellationToken)
    {
        var repaired = 0;
        using var wrong = await _reviews.AggregateAsync<Difference>(
            Differences(time.GetUtcNow() - quiet),
            cancellationToken: cancellationToken
        );
        while (await wrong.MoveNextAsync(cancellationToken))
        {
            foreach (var film in wrong.Current)
            {
                // A film that changed since it was compared is left to the next run.
                var unchanged = new BsonDocument { { MovieFields.Id, film.Id }, { MovieFields.Version, film.Version } };
                var result = await _movies.UpdateOneAsync(
                    unchanged,
                    MovieUpdates.SetReviews(film.Tenths, film.Count, time.GetUtcNow()),
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
    /// Puts one film's sum and count right at once, however many of its reviews were hidden or shown. A film that changes meanwhile is
    /// compared again. Uses the index <c>movieId_createdAt_id</c>.
    /// </summary>
    public async Task RepairAsync(ObjectId movieId, CancellationToken cancellationToken)
    {
        var which = new BsonDocument(MovieFields.Id, movieId);
        var fields = new BsonDocument
        {
            { MovieFields.Version, 1 },
            { MovieFields.ReviewTenths, 1 },
            { MovieFields.ReviewCount, 1 },
        };
        while (await _movies.Find(which).Project(fields).FirstOrDefaultAsync(cancellationToken) is { } film)
        {
            var sums = new BsonDocument[] { new("$match", new BsonDocument(ReviewFields.MovieId, movieId)), Sums };
            var right = await _reviews
                .Aggregate<Difference>(sums, cancellationToken: cancellationToken)
                .FirstOrDefaultAsync(cancellationToken);
            var (tenths, count) = (right?.Tenths ?? 0, right?.Count ?? 0);
            if (
                film.GetValue(MovieFields.ReviewTenths, 0L).ToInt64() == tenths
                && film.GetValue(MovieFields.ReviewCount, 0L).ToInt64() == count
            )
            {
                return;
            }

            var unchanged = new BsonDocument(which) { { MovieFields.Version, film[MovieFields.Version] } };
            var result = await _movies.UpdateOneAsync(
                unchanged,
                MovieUpdates.SetReviews(tenths, count, time.GetUtcNow()),
                cancellationToken: cancellationToken
            );
            if (result.MatchedCount == 1)
                return;
        }
    }

    /// <summary>Each film's reviews that count: those neither taken back nor hidden.</summary>
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
