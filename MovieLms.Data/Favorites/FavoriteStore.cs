using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Changes;
using MovieLms.Data.Movies;
using MovieLms.Data.Paging;
using MovieLms.Data.Relations;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Favorites;

/// <summary>A stored favorite: a user and a movie.</summary>
public sealed record FavoriteDocument
{
    public ObjectId Id { get; init; }
    public ObjectId UserId { get; init; }
    public ObjectId MovieId { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? DeletedAt { get; init; }
    public ObjectId? DeletedBy { get; init; }
    public DateTimeOffset? ArchivedAt { get; init; }
    public ObjectId? ArchivedBy { get; init; }
}

/// <summary>Stores the users' favorite movies.</summary>
public sealed class FavoriteStore(IMongoDatabase database, MovieStore movies, TimeProvider time, IChangeSink changes) : IIndexedStore
{
    /// <summary>The only sort order: latest added first.</summary>
    public const string Sort = "-createdAt";

    private const string UserId = "userId";
    private const string MovieId = "movieId";
    private const string CreatedAt = "createdAt";
    private readonly IMongoCollection<FavoriteDocument> _favorites = database.GetCollection<FavoriteDocument>(FavoriteEntity.Collection);
    private readonly IMongoCollection<MovieDocument> _movies = database.GetCollection<MovieDocument>(MovieEntity.Collection);

    /// <inheritdoc/>
    public Task EnsureIndexesAsync(IndexBuilder indexes, CancellationToken cancellationToken) =>
        indexes.AddAsync(
            _favorites,
            [
                Indexes.Unique<FavoriteDocument>("userId_movieId_unique", UserId, MovieId),
                Indexes.On<FavoriteDocument>("userId_createdAt_id", UserId, CreatedAt, "_id"),
            ],
            cancellationToken
        );

    /// <summary>Adds a favorite. Adding it again changes nothing.</summary>
    /// <returns>False when the movie does not exist.</returns>
    public async Task<bool> AddAsync(ObjectId userId, ObjectId movieId, CancellationToken cancellationToken)
    {
        if (!await movies.ExistsAsync(movieId, cancellationToken))
            return false;
        var update = new BsonDocument("$setOnInsert", new BsonDocument(CreatedAt, time.GetUtcNow().UtcDateTime));
        // If a concurrent request has added the same favorite, that request also publishes the change.
        if (!await _favorites.TryUpsertAsync(Pair(userId, movieId), update, cancellationToken))
            return true;
        await changes.PublishAsync(new Change(FavoriteEntity.Name, ChangeKind.Written, []) { Owners = [userId] });
        return true;
    }

    /// <summary>Returns whether a movie is a favorite of a user. Uses the index <c>userId_movieId_unique</c>.</summary>
    public Task<bool> ContainsAsync(ObjectId userId, ObjectId movieId, CancellationToken cancellationToken) =>
        _favorites.Find(Lifecycle.Live().AddRange(Pair(userId, movieId))).Project(new BsonDocument("_id", 1)).AnyAsync(cancellationToken);

    /// <summary>Removes a favorite. Succeeds even if there is none.</summary>
    public async Task RemoveAsync(ObjectId userId, ObjectId movieId, CancellationToken cancellationToken)
    {
        await _favorites.DeleteOneAsync(Pair(userId, movieId), cancellationToken);
        await changes.PublishAsync(new Change(FavoriteEntity.Name, ChangeKind.Removed, []) { Owners = [userId] });
    }

    /// <summary>
    /// Returns one page of a user's favorite movies, latest added first. A page can be shorter than the limit, because deleted movies are
    /// left out.
    /// </summary>
    public async Task<Page<MovieDocument>> ListAsync(
        ObjectId userId,
        PageCursor? cursor,
        PageLimit limit,
        CancellationToken cancellationToken
    )
    {
        var filter = Lifecycle.Live();
        filter.Add(UserId, userId);
        var total = await _favorites.CountTotalAsync(filter, limit, cancellationToken);
        Keyset.After(filter, cursor, CreatedAt, descending: true);
        var favorites = await _favorites
            .Find(filter)
            .Sort(Keyset.Sort(CreatedAt, descending: true))
            .Limit(limit.Items + 1)
            .ToListAsync(cancellationToken);
        var page = Keyset.Page(favorites, limit, Sort, favorite => (new BsonDateTime(favorite.CreatedAt.UtcDateTime), favorite.Id), total);

        var live = MovieFields.Live();
        live.Add(MovieFields.Id, new BsonDocument("$in", new BsonArray(page.Items.Select(favorite => favorite.MovieId))));
        var found = await _movies.Find(live).ToListAsync(cancellationToken);
        var byId = found.ToDictionary(movie => movie.Id);
        return page.WithItems<MovieDocument>([
            .. page.Items.Where(favorite => byId.ContainsKey(favorite.MovieId)).Select(favorite => byId[favorite.MovieId]),
        ]);
    }

    private static BsonDocument Pair(ObjectId userId, ObjectId movieId) => new() { { UserId, userId }, { MovieId, movieId } };
}
