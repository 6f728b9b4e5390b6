using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Changes;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Movies;

/// <summary>The films: reading one, writing one. Lists are in <see cref="MovieLists"/>, imports in <see cref="MovieImporter"/>.</summary>
public sealed class MovieStore(IMongoDatabase database, TimeProvider time, IChangeSink changes) : IIndexedStore
{
    /// <summary>Serves imports and refuses a second film with the same title and date.</summary>
    internal const string TitleIndex = "title_releaseDate_unique";

    private static readonly FindOptions<MovieDocument> One = new() { Limit = 1, BatchSize = 1 };
    private readonly IMongoCollection<MovieDocument> _movies = database.GetCollection<MovieDocument>(CollectionNames.Movies);

    /// <inheritdoc/>
    public Task EnsureIndexesAsync(IndexBuilder indexes, CancellationToken cancellationToken) =>
        indexes.AddAsync(
            _movies,
            [Indexes.Unique<MovieDocument>(TitleIndex, MovieFields.Title, MovieFields.ReleaseDate), .. MovieLists.Indexes],
            cancellationToken
        );

    /// <summary>One film by its id, or null when there is none or it is deleted: one indexed look-up.</summary>
    public async Task<MovieDocument?> GetAsync(ObjectId id, CancellationToken cancellationToken)
    {
        using var found = await _movies.FindAsync(MovieFields.Live(id), One, cancellationToken);
        return await found.FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>True when the film exists and is not deleted.</summary>
    public async Task<bool> ExistsAsync(ObjectId id, CancellationToken cancellationToken) =>
        await _movies.Find(MovieFields.Live(id)).Project(new BsonDocument(MovieFields.Id, 1)).AnyAsync(cancellationToken);

    /// <summary>Adds a film.</summary>
    /// <param name="details">Checked against <see cref="MovieLimits"/>.</param>
    /// <param name="rating">0 to 10, from elsewhere.</param>
    /// <param name="votes">How many votes stand behind it.</param>
    /// <param name="cancellationToken">Cancels the write.</param>
    /// <returns><see cref="WriteStatus.Duplicate"/> when a film, deleted or not, has the same title and release date.</returns>
    public async Task<WriteResult<MovieDocument>> CreateAsync(
        MovieDetails details,
        double? rating,
        long votes,
        CancellationToken cancellationToken
    )
    {
        // The same pipeline as an import's: one place says how a film's computed fields come about. The new id matches nothing.
        var id = ObjectId.GenerateNewId(time.GetUtcNow().UtcDateTime);
        var update = MovieUpdates.Import(new MovieImportRow(details, rating, rating is null ? 0 : votes), time.GetUtcNow());
        try
        {
            await _movies.UpdateOneAsync(
                new BsonDocument(MovieFields.Id, id),
                update,
                new UpdateOptions { IsUpsert = true },
                cancellationToken
            );
        }
        catch (MongoException e) when (e.IsDuplicateKey())
        {
            return WriteStatus.Duplicate;
        }
        await changes.PublishAsync(Change.Written(MovieEntity.Name, id));
        return await GetAsync(id, CancellationToken.None) is { } created ? created : WriteStatus.NotFound;
    }

    /// <summary>Replaces what people say about a film; its rating and its reviews stay.</summary>
    /// <param name="id">Which.</param>
    /// <param name="details">Checked against <see cref="MovieLimits"/>; an absent field is removed.</param>
    /// <param name="versions">One of these versions must be the stored one; null for any.</param>
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

    /// <summary>Changes a film's mean by a review given (1), changed (0) or taken back (−1).</summary>
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
