using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Changes;

namespace MovieLms.Data.Movies;

/// <summary>
/// Writes imported movies in batches. New movies are inserted as finished documents, which costs a fraction of an upsert. Stored movies
/// are read first, so that rows that change nothing write nothing. Reviews are kept.
/// </summary>
public sealed class MovieImporter(IMongoDatabase database, TimeProvider time, IChangeSink changes)
{
    private const int MaxAttempts = 20;

    /// <summary>Each row is a stage of an update pipeline, which may have 1,000 stages.</summary>
    private const int MaxRowsPerMovie = 500;

    /// <summary>The number of stored movies per imported one that a search by title may return.</summary>
    private const int MaxMoviesPerTitle = 3;

    private readonly IMongoCollection<BsonDocument> _movies = database.GetCollection<BsonDocument>(MovieEntity.Collection);

    /// <summary>
    /// Creates each movie, or updates the one with the same title and release date (titles are compared exactly, and two missing dates
    /// are equal). Nulls in a row leave stored values unchanged. If several rows have the same title and date, they apply in order. A
    /// deleted movie is updated and stays deleted. Publishes a change only if something was written.
    /// </summary>
    /// <param name="rows">Validated rows, up to a few thousand.</param>
    /// <param name="cancellationToken">Stops between writes. Written rows are kept.</param>
    public async Task<MovieUpsertResult> UpsertBatchAsync(IReadOnlyList<MovieImportRow> rows, CancellationToken cancellationToken)
    {
        var created = 0;
        var hasWritten = false;
        try
        {
            for (var remaining = rows; remaining.Count > 0; )
            {
                var movies = ImportedMovie.Group(remaining, MaxRowsPerMovie, out var later);
                var stored = await FindStoredAsync(movies, cancellationToken);
                var added = movies.FindAll(movie => !stored.ContainsKey(movie.Key));
                var changed = movies.FindAll(movie => stored.TryGetValue(movie.Key, out var document) && movie.Changes(document));
                // Also true if a write fails, because it may have been executed.
                hasWritten |= added.Count + changed.Count > 0;
                var rejected = await InsertAsync(added, cancellationToken);
                created += added.Count - rejected.Count + await UpsertAsync([.. changed, .. rejected], cancellationToken);
                remaining = later;
            }
        }
        finally
        {
            if (hasWritten)
                await changes.PublishAsync(Change.Written(MovieEntity.Name));
        }
        return new MovieUpsertResult(created, rows.Count - created);
    }

    /// <summary>
    /// Reads the stored movies by the index <see cref="MovieStore.TitleIndex"/>. The number of results is limited, because any number of
    /// movies may have the same title. The insert rejects stored movies that are not found.
    /// </summary>
    private async Task<Dictionary<MovieKey, BsonDocument>> FindStoredAsync(List<ImportedMovie> movies, CancellationToken cancellationToken)
    {
        var limit = MaxMoviesPerTitle * movies.Count;
        var filter = new BsonDocument(MovieFields.Title, In(movies.Select(movie => (BsonValue)movie.Key.Title)));
        var found = await _movies.Find(filter).Limit(limit).ToListAsync(cancellationToken);
        if (found.Count == limit)
        {
            filter.Add(MovieFields.ReleaseDate, In(movies.Select(movie => MovieUpdates.Date(movie.Key.ReleaseDate))));
            found = await _movies.Find(filter).Limit(limit).ToListAsync(cancellationToken);
        }
        var stored = new Dictionary<MovieKey, BsonDocument>(found.Count);
        foreach (var document in found)
            stored[MovieKey.Of(document)] = document;
        return stored;

        static BsonDocument In(IEnumerable<BsonValue> values) => new("$in", new BsonArray(values.Distinct()));
    }

    /// <summary>Inserts new movies and returns those that were rejected, usually because another import has just created them.</summary>
    private async Task<IReadOnlyList<ImportedMovie>> InsertAsync(List<ImportedMovie> movies, CancellationToken cancellationToken)
    {
        if (movies.Count == 0)
            return [];
        var now = time.GetUtcNow();
        try
        {
            await _movies.InsertManyAsync(
                movies.Select(movie => movie.ToDocument(now)),
                new InsertManyOptions { IsOrdered = false },
                cancellationToken
            );
            return [];
        }
        catch (MongoBulkWriteException<BsonDocument> e) when (e.WriteConcernError is null)
        {
            return [.. e.WriteErrors.Select(error => movies[error.Index])];
        }
    }

    /// <summary>Updates or creates movies and returns the number of created ones.</summary>
    private async Task<int> UpsertAsync(IReadOnlyList<ImportedMovie> movies, CancellationToken cancellationToken)
    {
        var created = 0;
        for (var attempt = 1; movies.Count > 0; attempt++)
        {
            var now = time.GetUtcNow();
            try
            {
                var result = await _movies.BulkWriteAsync(
                    movies.Select(movie => movie.ToUpsert(now)),
                    new BulkWriteOptions { IsOrdered = false },
                    cancellationToken
                );
                return created + result.Upserts.Count;
            }
            // If two imports create the same movie concurrently, one insert fails and becomes an update when retried. Engines report
            // this differently (a duplicate key, a conflict, a deadlock), and retrying any row is harmless.
            catch (MongoBulkWriteException<BsonDocument> e) when (attempt < MaxAttempts && e.WriteConcernError is null)
            {
                created += e.Result.Upserts.Count;
                var rejected = movies;
                movies = [.. e.WriteErrors.Select(error => rejected[error.Index])];
            }
        }
        return created;
    }
}
