using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Changes;
using MovieLms.Data.Movies;
using MovieLms.Data.Paging;
using MovieLms.Data.Relations;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Favorites;

/// <summary>That a user likes a film, as it is stored.</summary>
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

/// <summary>The users' favourite films.</summary>
public sealed class FavoriteStore(IMongoDatabase database, MovieStore movies, TimeProvider time, IChangeSink changes) : IIndexedStore
{
    /// <summary>The only order: added last first.</summary>
    public const string Sort = "-createdAt";

    private const string UserId = "userId";
    private const string MovieId = "movieId";
    private const string CreatedAt = "createdAt";
    private readonly IMongoCollection<FavoriteDocument> _favorites = database.GetCollection<FavoriteDocument>(CollectionNames.Favorites);
    private readonly IMongoCollection<MovieDocument> _movies = database.GetCollection<MovieDocument>(CollectionNames.Movies);

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

    /// <summary>Adds a favourite; adding it again changes nothing.</summary>
    /// <returns>False when there is no such film.</returns>
    public async Task<bool> AddAsync(ObjectId userId, ObjectId movieId, CancellationToken cancellationToken)
    {
        if (!await movies.ExistsAsync(movieId, cancellationToken))
            return false;
        var update = new BsonDocument("$setOnInsert", new BsonDocument(CreatedAt, time.GetUtcNow().UtcDateTime));
        try
        {
            await _favorites.UpdateOneAsync(One(userId, movieId), update, new UpdateOptions { IsUpsert = true }, cancellationToken);
        }
        catch (MongoException e) when (e.IsDuplicateKey())
        {
            // The same request at the same moment was first: what was asked for is so.
            return true;
        }
        await changes.PublishAsync(new Change(FavoriteEntity.Name, ChangeKind.Written, []) { Owners = [userId] });
        return true;
    }

    /// <summary>Takes a favourite away; none there is fine.</summary>
    public async Task RemoveAsync(ObjectId userId, ObjectId movieId, CancellationToken cancellationToken)
    {
        await _favorites.DeleteOneAsync(One(userId, movieId), cancellationToken);
        await changes.PublishAsync(new Change(FavoriteEntity.Name, ChangeKind.Removed, []) { Owners = [userId] });
    }

    /// <summary>One page of a user's favourite films, added last first. Deleted films are left out, so that a page may be short.</summary>
    public async Task<Page<MovieDocument>> ListAsync(ObjectId userId, PageCursor? cursor, int limit, CancellationToken cancellationToken)
    {
        var filter = Lifecycle.Live();
        filter.Add(UserId, userId);
        Keyset.After(filter, cursor, CreatedAt, descending: true);
        var favorites = await _favorites
            .Find(filter)
            .Sort(Keyset.Sort(CreatedAt, descending: true))
            .Limit(limit + 1)
            .ToListAsync(cancellationToken);
        var page = Keyset.Page(favorites, limit, Sort, favorite => (new BsonDateTime(favorite.CreatedAt.UtcDateTime), favorite.Id));

        var live = MovieFields.Live();
        live.Add(MovieFields.Id, new BsonDocument("$in", new BsonArray(page.Items.Select(favorite => favorite.MovieId))));
        var films = await _movies.Find(live).ToListAsync(cancellationToken);
        var byId = films.ToDictionary(movie => movie.Id);
        return new Page<MovieDocument>(
            [.. page.Items.Where(favorite => byId.ContainsKey(favorite.MovieId)).Select(favorite => byId[favorite.MovieId])],
            page.NextCursor
        );
    }

    private static BsonDocument One(ObjectId userId, ObjectId movieId) => new() { { UserId, userId }, { MovieId, movieId } };
}
