using MongoDB.Bson;
using MongoDB.Bson.Serialization.Attributes;
using MongoDB.Driver;
using MovieLms.Data.Relations;

namespace MovieLms.Data.Reviews;

/// <summary>The number of reviews whose rating, without its decimals, is <paramref name="Rating"/>.</summary>
/// <param name="Rating">0 to 10.</param>
/// <param name="Count">The number of reviews.</param>
public sealed record RatingCount([property: BsonId] int Rating, int Count);

/// <summary>Counts the reviews of a movie by their rating.</summary>
public sealed class RatingCounts(IMongoDatabase database)
{
    private static readonly BsonDocument Grouped = BsonDocument.Parse(
        """{ $group: { _id: { $toInt: { $floor: "$rating" } }, count: { $sum: 1 } } }"""
    );

    private readonly IMongoCollection<ReviewDocument> _reviews = database.GetCollection<ReviewDocument>(ReviewEntity.Collection);

    /// <summary>Returns the ratings that occur, ascending. Uses the index <c>movieId_userId_unique</c>.</summary>
    public Task<List<RatingCount>> CountAsync(ObjectId movieId, CancellationToken cancellationToken) =>
        _reviews
            .Aggregate()
            .Match(Lifecycle.Live().Add(ReviewFields.MovieId, movieId))
            .AppendStage<RatingCount>(Grouped)
            .SortBy(count => count.Rating)
            .ToListAsync(cancellationToken);
}
