using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Changes;
using MovieLms.Data.Movies;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Reviews;

/// <summary>
/// Writes reviews, and with each its film's mean. The review is written first and answers with what stood there before,
/// so that the difference added to the film is right however many write at once; <see cref="ReviewRepair"/> mends what a
/// crash between the two writes left.
/// </summary>
public sealed class ReviewStore(IMongoDatabase database, MovieStore movies, TimeProvider time, IChangeSink changes) : IIndexedStore
{
    private static readonly FindOneAndUpdateOptions<ReviewDocument> Before = new() { ReturnDocument = ReturnDocument.Before };
    private readonly IMongoCollection<ReviewDocument> _reviews = database.GetCollection<ReviewDocument>(CollectionNames.Reviews);

    /// <inheritdoc/>
    public Task EnsureIndexesAsync(IndexBuilder indexes, CancellationToken cancellationToken) =>
        indexes.AddAsync(
            _reviews,
            [Indexes.Unique<ReviewDocument>("movieId_userId_unique", ReviewFields.MovieId, ReviewFields.UserId), .. ReviewLists.Indexes],
            cancellationToken
        );

    /// <summary>Adds a user's review of a film; one taken back earlier is given anew.</summary>
    /// <returns><see cref="WriteStatus.Duplicate"/> when the user has reviewed the film; NotFound when there is no such film.</returns>
    public async Task<WriteResult<ReviewDocument>> CreateAsync(
        ObjectId movieId,
        ObjectId userId,
        double rating,
        string? comment,
        CancellationToken cancellationToken
    )
    {
        if (!await movies.ExistsAsync(movieId, cancellationToken))
            return WriteStatus.NotFound;
        var now = time.GetUtcNow();
        // Matches only a review taken back; beside a standing one the upsert runs into the unique index.
        var filter = new BsonDocument
        {
            { ReviewFields.MovieId, movieId },
            { ReviewFields.UserId, userId },
            { ReviewFields.DeletedAt, new BsonDocument("$exists", true) },
        };
        var update = Builders<ReviewDocument>
            .Update.Set(review => review.Rating, rating)
            .Set(review => review.CreatedAt, now)
            .Set(review => review.UpdatedAt, now)
            .Unset(review => review.DeletedAt)
            .Unset(review => review.DeletedBy)
            .Inc(review => review.Version, 1);
        update = comment is null ? update.Unset(review => review.Comment) : update.Set(review => review.Comment, comment);
        try
        {
            await _reviews.UpdateOneAsync(filter, update, new UpdateOptions { IsUpsert = true }, cancellationToken);
        }
        catch (MongoException e) when (e.IsDuplicateKey())
        {
            return WriteStatus.Duplicate;
        }
        await movies.AddReviewAsync(movieId, ReviewDocument.TenthsOf(rating), 1, CancellationToken.None);
        var written = await _reviews
            .Find(new BsonDocument { { ReviewFields.MovieId, movieId }, { ReviewFields.UserId, userId } })
            .FirstAsync(CancellationToken.None);
        await changes.PublishAsync(Change.Written(ReviewEntity.Name, written.Id));
        return written;
    }

    /// <summary>Changes a review.</summary>
    /// <param name="movieId">The film it must belong to.</param>
    /// <param name="id">Which.</param>
    /// <param name="owner">The user who must have written it; null for a moderator.</param>
    /// <param name="rating">0 to 10 in tenths.</param>
    /// <param name="comment">Null removes it.</param>
    /// <param name="versions">One of these versions must be the stored one; null for any.</param>
    /// <param name="cancellationToken">Cancels the first write.</param>
    public async Task<WriteResult<ReviewDocument>> UpdateAsync(
        ObjectId movieId,
        ObjectId id,
        ObjectId? owner,
        double rating,
        string? comment,
        IReadOnlyCollection<long>? versions,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        var update = Builders<ReviewDocument>
            .Update.Set(review => review.Rating, rating)
            .Set(review => review.UpdatedAt, now)
            .Inc(review => review.Version, 1);
        update = comment is null ? update.Unset(review => review.Comment) : update.Set(review => review.Comment, comment);
        var before = await _reviews.FindOneAndUpdateAsync(One(movieId, id, owner, versions), update, Before, cancellationToken);
        if (before is null)
            return await WhyNotAsync(movieId, id, owner, versions, cancellationToken);
        await movies.AddReviewAsync(movieId, ReviewDocument.TenthsOf(rating) - before.Tenths, 0, CancellationToken.None);
        await changes.PublishAsync(Change.Written(ReviewEntity.Name, id));
        return before with { Rating = rating, Comment = comment, UpdatedAt = now, Version = before.Version + 1 };
    }

    /// <summary>Takes a review back; it stays stored and no longer counts.</summary>
    /// <inheritdoc cref="UpdateAsync"/>
    public async Task<WriteResult<ReviewDocument>> DeleteAsync(
        ObjectId movieId,
        ObjectId id,
        ObjectId? owner,
        IReadOnlyCollection<long>? versions,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        var update = Builders<ReviewDocument>
            .Update.Set(review => review.DeletedAt, now)
            .Set(review => review.UpdatedAt, now)
            .Inc(review => review.Version, 1);
        var before = await _reviews.FindOneAndUpdateAsync(One(movieId, id, owner, versions), update, Before, cancellationToken);
        if (before is null)
            return await WhyNotAsync(movieId, id, owner, versions, cancellationToken);
        await movies.AddReviewAsync(movieId, -before.Tenths, -1, CancellationToken.None);
        await changes.PublishAsync(new Change(ReviewEntity.Name, ChangeKind.Removed, [id]));
        return before;
    }

    private async Task<WriteStatus> WhyNotAsync(
        ObjectId movieId,
        ObjectId id,
        ObjectId? owner,
        IReadOnlyCollection<long>? versions,
        CancellationToken cancellationToken
    ) =>
        versions is not null && await _reviews.Find(One(movieId, id, owner, null)).AnyAsync(cancellationToken)
            ? WriteStatus.Stale
            : WriteStatus.NotFound;

    private static BsonDocument One(ObjectId movieId, ObjectId id, ObjectId? owner, IReadOnlyCollection<long>? versions)
    {
        var filter = new BsonDocument
        {
            { ReviewFields.Id, id },
            { ReviewFields.MovieId, movieId },
            { ReviewFields.DeletedAt, BsonNull.Value },
            { ReviewFields.ArchivedAt, BsonNull.Value },
        };
        if (owner is { } user)
            filter.Add(ReviewFields.UserId, user);
        filter.WithVersions(versions);
        return filter;
    }
}
