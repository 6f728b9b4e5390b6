using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Movies;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Reviews;

/// <summary>
/// Finds films whose review sum or count differs from their reviews, which a crash between the two writes of a review can
/// leave, and puts them right. For a scheduled job.
/// </summary>
public sealed class ReviewRepair(IMongoDatabase database, TimeProvider time)
{
    private readonly IMongoCollection<MovieDocument> _movies = database.GetCollection<MovieDocument>(CollectionNames.Movies);
    private readonly IMongoCollection<ReviewDocument> _reviews = database.GetCollection<ReviewDocument>(CollectionNames.Reviews);

    /// <summary>Repairs every film that nobody has reviewed for <paramref name="quiet"/>: a write under way is not mistaken for a lost one.</summary>
    /// <returns>How many films were put right.</returns>
    public async Task<int> RunAsync(TimeSpan quiet, CancellationToken cancellationToken)
    {
        var repaired = 0;
        using var wrong = await _reviews.AggregateAsync<Difference>(Differences(time.GetUtcNow() - quiet), cancellationToken: cancellationToken);
        while (await wrong.MoveNextAsync(cancellationToken))
        {
            foreach (var film in wrong.Current)
            {
                // A film that changed since it was compared is left to the next run.
                var unchanged = new BsonDocument { { MovieFields.Id, film.Id }, { MovieFields.Version, film.Version } };
                var result = await _movies.UpdateOneAsync(
                    unchanged, MovieUpdates.SetReviews(film.Tenths, film.Count, time.GetUtcNow()), cancellationToken: cancellationToken);
                repaired += (int)result.ModifiedCount;
            }
        }
        return repaired;
    }

    private static PipelineDefinition<ReviewDocument, Difference> Differences(DateTimeOffset quietSince)
    {
        var counts = new BsonDocument("$eq", new BsonArray { new BsonDocument("$ifNull", new BsonArray { "$" + ReviewFields.DeletedAt, BsonNull.Value }), BsonNull.Value });
        var tenths = new BsonDocument("$toLong", new BsonDocument("$round", new BsonArray { new BsonDocument("$multiply", new BsonArray { "$" + ReviewFields.Rating, 10 }), 0 }));
        return new BsonDocument[]
        {
            new("$group", new BsonDocument
            {
                { "_id", "$" + ReviewFields.MovieId },
                { "tenths", new BsonDocument("$sum", new BsonDocument("$cond", new BsonArray { counts, tenths, 0L })) },
                { "count", new BsonDocument("$sum", new BsonDocument("$cond", new BsonArray { counts, 1L, 0L })) },
                { "last", new BsonDocument("$max", "$" + ReviewFields.UpdatedAt) },
            }),
            new("$match", new BsonDocument("last", new BsonDocument("$lte", quietSince.UtcDateTime))),
            new("$lookup", new BsonDocument { { "from", CollectionNames.Movies }, { "localField", "_id" }, { "foreignField", "_id" }, { "as", "movie" } }),
            new("$unwind", "$movie"),
            new("$match", new BsonDocument("$expr", new BsonDocument("$or", new BsonArray
            {
                new BsonDocument("$ne", new BsonArray { "$tenths", "$movie." + MovieFields.ReviewTenths }),
                new BsonDocument("$ne", new BsonArray { "$count", "$movie." + MovieFields.ReviewCount }),
            }))),
            new("$project", new BsonDocument { { "tenths", 1 }, { "count", 1 }, { "version", "$movie." + MovieFields.Version } }),
        };
    }

    private sealed record Difference
    {
        public ObjectId Id { get; init; }
        public long Tenths { get; init; }
        public long Count { get; init; }
        public long Version { get; init; }
    }
}
