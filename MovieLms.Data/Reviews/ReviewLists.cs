using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Paging;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Reviews;

/// <summary>Reviews with their authors' names.</summary>
public sealed class ReviewLists(IMongoDatabase database)
{
    /// <summary>The only order: newest first.</summary>
    public const string Sort = "-createdAt";

    internal static readonly CreateIndexModel<ReviewDocument>[] Indexes =
    [
        Storage.Indexes.On<ReviewDocument>("movieId_createdAt_id", ReviewFields.MovieId, ReviewFields.CreatedAt, ReviewFields.Id),
        Storage.Indexes.On<ReviewDocument>("userId_createdAt_id", ReviewFields.UserId, ReviewFields.CreatedAt, ReviewFields.Id),
    ];

    private static readonly BsonDocument[] WithAuthor = PipelineText.Parse(
        $$"""
        [
          { $lookup: { from: "{{CollectionNames.Users}}", localField: "userId", foreignField: "_id", as: "user" } },
          { $project: {
            movieId: 1, userId: 1, rating: 1, comment: 1, version: 1, createdAt: 1, updatedAt: 1,
            username: { $arrayElemAt: [ "$user.username", 0 ] }
          } }
        ]
        """
    );

    private readonly IMongoCollection<ReviewDocument> _reviews = database.GetCollection<ReviewDocument>(ReviewEntity.Collection);

    /// <summary>Returns one page of a movie's reviews, newest first.</summary>
    public async Task<Page<ReviewView>> ListAsync(ObjectId movieId, PageCursor? cursor, int limit, CancellationToken cancellationToken)
    {
        var filter = new BsonDocument
        {
            { ReviewFields.MovieId, movieId },
            { ReviewFields.DeletedAt, BsonNull.Value },
            { ReviewFields.ArchivedAt, BsonNull.Value },
        };
        Keyset.After(filter, cursor, ReviewFields.CreatedAt, descending: true);
        var reviews = await ReadAsync(filter, limit + 1, cancellationToken);
        return Keyset.Page(reviews, limit, Sort, review => (new BsonDateTime(review.CreatedAt.UtcDateTime), review.Id));
    }

    /// <summary>Returns a review of a movie, or null.</summary>
    public async Task<ReviewView?> GetAsync(ObjectId movieId, ObjectId id, CancellationToken cancellationToken)
    {
        var filter = new BsonDocument
        {
            { ReviewFields.Id, id },
            { ReviewFields.MovieId, movieId },
            { ReviewFields.DeletedAt, BsonNull.Value },
            { ReviewFields.ArchivedAt, BsonNull.Value },
        };
        return (await ReadAsync(filter, 1, cancellationToken)).FirstOrDefault();
    }

    private Task<List<ReviewView>> ReadAsync(BsonDocument filter, int limit, CancellationToken cancellationToken) =>
        _reviews
            .Aggregate()
            .Match(filter)
            .Sort(Keyset.Sort(ReviewFields.CreatedAt, descending: true))
            .Limit(limit)
            .AppendStage<BsonDocument>(WithAuthor[0])
            .AppendStage<ReviewView>(WithAuthor[1])
            .ToListAsync(cancellationToken);
}
