using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Changes;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Movies;

/// <summary>Reads and writes single movies. See <see cref="MovieLists"/> for lists and <see cref="MovieImporter"/> for imports.</summary>
public sealed class MovieStore(IMongoDatabase database, TimeProvider time, IChangeSink changes) : IIndexedStore
{
    /// <summary>Serves imports and prevents two movies with the same title and date.</summary>
    internal const string TitleIndex = "title_releaseDate_unique";

    private static readonly FindOptions<MovieDocument> One = new() { Limit = 1, BatchSize = 1 };
    private readonly IMongoCollection<MovieDocument> _movies = database.GetCollection<MovieDocument>(MovieEntity.Collection);

    /// <inheritdoc/>
    public Task EnsureIndexesAsync(IndexBuilder indexes, CancellationToken cancellationToken) =>
        indexes.AddAsync(
            _movies,
            [Indexes.Unique<MovieDocument>(TitleIndex, MovieFields.Title, MovieFields.ReleaseDate), .. MovieLists.Indexes],
            cancellationToken
        );

    /// <summary>Returns a movie by its ID, or null if it does not exist or is deleted. One indexed lookup.</summary>
    public async Task<MovieDocument?> GetAsync(ObjectId id, CancellationToken cancellationToken)
    {
        using var found = await _movies.FindAsync(MovieFields.Live(id), One, cancellationToken);
        return await found.FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>Returns true if the movie exists and is not deleted.</summary>
    public async Task<bool> ExistsAsync(ObjectId id, CancellationToken cancellationToken) =>
        await _movies.Find(MovieFields.Live(id)).Project(new BsonDocument(MovieFields.Id, 1)).AnyAsync(cancellationToken);

    /// <summary>Creates a movie.</summary>
    /// <param name="details">The details, validated against <see cref="MovieLimits"/>.</param>
    /// <param name="rating">An external rating from 0 to 10, or null.</param>
    /// <param name="votes">The number of votes for the rating.</param>
    /// <param name="cancellationToken">Cancels the write.</param>
    /// <param name="id">The new movie's ID. A retry with the same one returns the existing movie.</param>
    /// <returns><see cref="WriteStatus.Duplicate"/> if a movie, deleted or not, has the same title and release date.</returns>
    public async Task<WriteResult<MovieDocument>> CreateAsync(
        MovieDetails details,
        double? rating,
        long votes,
        CancellationToken cancellationToken,
        ObjectId? id = null
    )
    {
        // The pipeline of imports, so that computed fields are defined in one place. A new ID matches no document.
        var movieId = id ?? ObjectId.GenerateNewId(time.GetUtcNow().UtcDateTime);
        var update = MovieUpdates.Import<MovieDocument>(
            [new MovieImportRow(details, rating, rating is null ? 0 : votes)],
            time.GetUtcNow()
        );
        if (!await _movies.TryUpsertAsync(new BsonDocument(MovieFields.Id, movieId), update, cancellationToken))
            return WriteStatus.Duplicate;
        await changes.PublishAsync(Change.Written(MovieEntity.Name, movieId));
        return await GetAsync(movieId, CancellationToken.None) is { } created ? created : WriteStatus.NotFound;
    }

    /// <summary>Records whether a movie has a poster. Nothing changes if that is recorded already, or without such a movie.</summary>
    public async Task SetHasPosterAsync(ObjectId id, bool hasPoster, CancellationToken cancellationToken)
    {
        var filter = MovieFields.Live(id).Add(MovieFields.HasPoster, new BsonDocument(hasPoster ? "$ne" : "$eq", true));
        var update = Builders<MovieDocument>
            .Update.Set(movie => movie.HasPoster, hasPoster)
            .Set(movie => movie.UpdatedAt, time.Now())
            .Inc(movie => movie.Version, 1);
        var result = await _movies.UpdateOneAsync(filter, update, cancellationToken: cancellationToken);
        if (result.ModifiedCount > 0)
            await changes.PublishAsync(Change.Written(MovieEntity.Name, id));
    }

    /// <summary>Replaces the details of a movie. Its rating and reviews are kept.</summary>
    /// <param name="id">The movie.</param>
    /// <param name="details">The details, validated against <see cref="MovieLimits"/>; null fields are removed.</param>
    /// <param name="versions">The accepted stored versions; null accepts any.</param>
    /// <param name="cancellationToken">Cancels the write.</param>
    public async Task<WriteResult<MovieDocument>> ReplaceAsync(
        ObjectId id,
        MovieDetails details,
        IReadOnlyCollection<long>? versions,
        CancellationToken cancellationToken
    )
    {
        var status = await UpdateAsync(id, MovieUpdates.Replace(details, time.GetUtcNow()), versions, cancellationToken);
        if (status != WriteStatus.Done)
            return status;
        await changes.PublishAsync(Change.Written(MovieEntity.Name, id));
        return await GetAsync(id, CancellationToken.None) is { } written ? written : WriteStatus.NotFound;
    }

    /// <summary>Updates a movie's rating after a review was added (count 1), changed (0) or deleted (−1).</summary>
    internal Task AddReviewAsync(ObjectId id, long tenths, long count, CancellationToken cancellationToken) =>
        _movies.UpdateOneAsync(
            new BsonDocument(MovieFields.Id, id),
            MovieUpdates.AddReview(tenths, count, time.GetUtcNow()),
            cancellationToken: cancellationToken
        );

    private async Task<WriteStatus> UpdateAsync(
        ObjectId id,
        UpdateDefinition<MovieDocument> update,
        IReadOnlyCollection<long>? versions,
        CancellationToken cancellationToken
    )
    {
        var filter = MovieFields.Live(id);
        filter.WithVersions(versions);
        try
        {
            // Not findAndModify: DocumentDB reports that command's duplicate keys as an internal error.
            var result = await _movies.UpdateOneAsync(filter, update, cancellationToken: cancellationToken);
            if (result.MatchedCount > 0)
                return WriteStatus.Done;
        }
        catch (MongoException e) when (e.IsDuplicateKey())
        {
            return WriteStatus.Duplicate;
        }
        return versions is not null && await ExistsAsync(id, cancellationToken) ? WriteStatus.Stale : WriteStatus.NotFound;
    }
}
