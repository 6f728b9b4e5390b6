using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Changes;
using MovieLms.Data.Movies;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Reviews;

/// <summary>
/// Writes reviews and the ratings of their movies. The review is written first and returns the previous document, so that the
/// difference added to the movie is correct under concurrent writes. <see cref="ReviewRepair"/> repairs the effects of a crash between
/// the two writes.
/// </summary>
public sealed class ReviewStore(IMongoDatabase database, MovieStore movies, TimeProvider time, IChangeSink changes) : IIndexedStore
{
    private static readonly FindOneAndUpdateOptions<ReviewDocument> Before = new() { ReturnDocument = ReturnDocument.Before };
    private readonly IMongoCollection<ReviewDocument> _reviews = database.GetCollection<ReviewDocument>(ReviewEntity.Collection);

    /// <inheritdoc/>
    public Task EnsureIndexesAsync(IndexBuilder indexes, CancellationToken cancellationToken) =>
        indexes.AddAsync(
            _reviews,
            [Indexes.Unique<ReviewDocument>("movieId_userId_unique", ReviewFields.MovieId, ReviewFields.UserId), .. ReviewLists.Indexes],
            cancellationToken
        );

    /// <summary>Creates a user's review of a movie, or restores one that was deleted.</summary>
    /// <returns><see cref="WriteStatus.Duplicate"/> if the user has already reviewed the movie; NotFound without such a movie.</returns>
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
        // Matches only a deleted review. If there is another one, the upsert conflicts with the unique index.
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
        if (!await _reviews.TryUpsertAsync(filter, update, cancellationToken))
            return WriteStatus.Duplicate;
        await movies.AddReviewAsync(movieId, ReviewDocument.TenthsOf(rating), 1, CancellationToken.None);
        var written = await _reviews
            .Find(new BsonDocument { { ReviewFields.MovieId, movieId }, { ReviewFields.UserId, userId } })
            .FirstAsync(CancellationToken.None);
        await changes.PublishAsync(Change.Written(ReviewEntity.Name, written.Id) with { Payload = written });
        return written;
    }

    /// <summary>Updates a review.</summary>
    /// <param name="movieId">The movie to which it must belong.</param>
    /// <param name="id">The review.</param>
    /// <param name="owner">The user who must have written it; null for moderators.</param>
    /// <param name="rating">The rating from 0 to 10, in tenths.</param>
    /// <param name="comment">The comment; null removes it.</param>
    /// <param name="versions">The accepted stored versions; null accepts any.</param>
    /// <param name="cancellationToken">Cancels only the write of the review.</param>
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
        var before = await _reviews.FindOneAndUpdateAsync(FilterFor(movieId, id, owner, versions), update, Before, cancellationToken);
        if (before is null)
            return await GetRejectionReasonAsync(movieId, id, owner, versions, cancellationToken);
        await movies.AddReviewAsync(movieId, ReviewDocument.TenthsOf(rating) - before.Tenths, 0, CancellationToken.None);
        await changes.PublishAsync(Change.Written(ReviewEntity.Name, id) with { Payload = before });
        return before with { Rating = rating, Comment = comment, UpdatedAt = now, Version = before.Version + 1 };
    }

    /// <summary>Deletes a review. It stays stored and no longer counts.</summary>
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
        var before = await _reviews.FindOneAndUpdateAsync(FilterFor(movieId, id, owner, versions), update, Before, cancellationToken);
        if (before is null)
            return await GetRejectionReasonAsync(movieId, id, owner, versions, cancellationToken);
        await movies.AddReviewAsync(movieId, -before.Tenths, -1, CancellationToken.None);
        await changes.PublishAsync(new Change(ReviewEntity.Name, ChangeKind.Removed, [id]) { Payload = before });
        return before;
    }

    private async Task<WriteStatus> GetRejectionReasonAsync(
        ObjectId movieId,
        ObjectId id,
        ObjectId? owner,
        IReadOnlyCollection<long>? versions,
        CancellationToken cancellationToken
    ) =>
        versions is not null && await _reviews.Find(FilterFor(movieId, id, owner, null)).AnyAsync(cancellationToken)
            ? WriteStatus.Stale
            : WriteStatus.NotFound;

    private static BsonDocument FilterFor(ObjectId movieId, ObjectId id, ObjectId? owner, IReadOnlyCollection<long>? versions)
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
