using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Movies;
using MovieLms.Data.Paging;
using MovieLms.Data.Relations;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Reviews;

/// <summary>Reviews with the names of their authors and the titles of their movies.</summary>
public sealed class ReviewLists(IMongoDatabase database)
{
    /// <summary>The only order: newest first.</summary>
    public const string Sort = "-createdAt";

    internal static readonly CreateIndexModel<ReviewDocument>[] Indexes =
    [
        Storage.Indexes.On<ReviewDocument>("movieId_createdAt_id", ReviewFields.MovieId, ReviewFields.CreatedAt, ReviewFields.Id),
        Storage.Indexes.On<ReviewDocument>("userId_createdAt_id", ReviewFields.UserId, ReviewFields.CreatedAt, ReviewFields.Id),
    ];

    private static readonly BsonDocument[] WithNames = PipelineText.Parse(
        $$"""
        [
          { $lookup: { from: "{{CollectionNames.Users}}", localField: "userId", foreignField: "_id", as: "user" } },
          { $lookup: { from: "{{MovieEntity.Collection}}", localField: "movieId", foreignField: "_id", as: "movie" } },
          { $project: {
            movieId: 1, userId: 1, rating: 1, comment: 1, version: 1, createdAt: 1, updatedAt: 1,
            username: { $arrayElemAt: [ "$user.username", 0 ] },
            movieTitle: { $arrayElemAt: [ "$movie.title", 0 ] }
          } }
        ]
        """
    );

    private readonly IMongoCollection<ReviewDocument> _reviews = database.GetCollection<ReviewDocument>(ReviewEntity.Collection);

    /// <summary>Returns one page of a movie's reviews, newest first. Uses the index <c>movieId_createdAt_id</c>.</summary>
    public Task<Page<ReviewView>> ListAsync(ObjectId movieId, PageCursor? cursor, PageLimit limit, CancellationToken cancellationToken) =>
        ReadPageAsync(Lifecycle.Live().Add(ReviewFields.MovieId, movieId), cursor, limit, cancellationToken);

    /// <summary>Returns one page of a user's reviews, newest first. Uses the index <c>userId_createdAt_id</c>.</summary>
    public Task<Page<ReviewView>> ListOfUserAsync(
        ObjectId userId,
        PageCursor? cursor,
        PageLimit limit,
        CancellationToken cancellationToken
    ) => ReadPageAsync(Lifecycle.Live().Add(ReviewFields.UserId, userId), cursor, limit, cancellationToken);

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

    /// <summary>Returns a user's review of a movie, or null. Uses the index <c>movieId_userId_unique</c>.</summary>
    public async Task<ReviewView?> FindOfUserAsync(ObjectId movieId, ObjectId userId, CancellationToken cancellationToken)
    {
        var filter = Lifecycle.Live();
        filter.Add(ReviewFields.MovieId, movieId);
        filter.Add(ReviewFields.UserId, userId);
        return (await ReadAsync(filter, 1, cancellationToken)).FirstOrDefault();
    }

    private async Task<Page<ReviewView>> ReadPageAsync(
        BsonDocument filter,
        PageCursor? cursor,
        PageLimit limit,
        CancellationToken cancellationToken
    )
    {
        var total = await _reviews.CountTotalAsync(filter, limit, cancellationToken);
        Keyset.After(filter, cursor, ReviewFields.CreatedAt, descending: true);
        var reviews = await ReadAsync(filter, limit.Items + 1, cancellationToken);
        return Keyset.Page(reviews, limit, Sort, review => (new BsonDateTime(review.CreatedAt.UtcDateTime), review.Id), total);
    }

    private Task<List<ReviewView>> ReadAsync(BsonDocument filter, int limit, CancellationToken cancellationToken) =>
        _reviews
            .Aggregate()
            .Match(filter)
            .Sort(Keyset.Sort(ReviewFields.CreatedAt, descending: true))
            .Limit(limit)
            .AppendStage<BsonDocument>(WithNames[0])
            .AppendStage<BsonDocument>(WithNames[1])
            .AppendStage<ReviewView>(WithNames[2])
            .ToListAsync(cancellationToken);
}
