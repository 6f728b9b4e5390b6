using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Movies;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Reviews;

/// <summary>
/// Hides the reviews of an archived user, and shows exactly those again. Each review is marked by itself and its film's sum
/// follows, so that either can be repeated after a crash; <see cref="ReviewRepair"/> mends a sum that was cut off.
/// </summary>
public sealed class ReviewArchive(IMongoDatabase database, MovieStore movies, TimeProvider time)
{
    private static readonly FindOneAndUpdateOptions<ReviewDocument> Before = new() { ReturnDocument = ReturnDocument.Before };
    private readonly IMongoCollection<ReviewDocument> _reviews = database.GetCollection<ReviewDocument>(CollectionNames.Reviews);

    /// <summary>Hides what the user has written and not taken back. Uses the index <c>userId_createdAt_id</c>.</summary>
    public async Task HideAsync(ObjectId userId, CancellationToken cancellationToken)
    {
        var standing = new BsonDocument { { ReviewFields.UserId, userId }, { ReviewFields.DeletedAt, BsonNull.Value } };
        var now = time.GetUtcNow();
        var hide = Builders<ReviewDocument>.Update
            .Set(review => review.DeletedAt, now).Set(review => review.ArchivedAt, now).Set(review => review.UpdatedAt, now).Inc(review => review.Version, 1);
        while (await _reviews.FindOneAndUpdateAsync(standing, hide, Before, cancellationToken) is { } review)
            await movies.AddReviewAsync(review.MovieId, -review.Tenths, -1, CancellationToken.None);
    }

    /// <summary>Shows what <see cref="HideAsync"/> has hidden; what the user took back before stays away.</summary>
    public async Task ShowAsync(ObjectId userId, CancellationToken cancellationToken)
    {
        var exists = new BsonDocument("$exists", true);
        var hidden = new BsonDocument { { ReviewFields.UserId, userId }, { ReviewFields.DeletedAt, exists }, { ReviewFields.ArchivedAt, exists } };
        var show = Builders<ReviewDocument>.Update
            .Unset(review => review.DeletedAt).Unset(review => review.ArchivedAt).Set(review => review.UpdatedAt, time.GetUtcNow()).Inc(review => review.Version, 1);
        while (await _reviews.FindOneAndUpdateAsync(hidden, show, Before, cancellationToken) is { } review)
            await movies.AddReviewAsync(review.MovieId, review.Tenths, 1, CancellationToken.None);
    }
}
