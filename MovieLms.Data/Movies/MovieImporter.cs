using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Changes;

namespace MovieLms.Data.Movies;

/// <summary>Writes imported movies in batches. Repeating a batch changes only versions. Reviews are kept.</summary>
public sealed class MovieImporter(IMongoDatabase database, TimeProvider time, IChangeSink changes)
{
    private const int MaxAttempts = 4;
    private readonly IMongoCollection<MovieDocument> _movies = database.GetCollection<MovieDocument>(MovieEntity.Collection);

    /// <summary>
    /// Creates each movie, or updates the one with the same title and release date (titles are compared exactly, and two missing dates
    /// are equal). Nulls in a row leave stored values unchanged. A deleted movie is updated and stays deleted. Uses the unique index
    /// <see cref="MovieStore.TitleIndex"/>.
    /// </summary>
    /// <param name="rows">Validated rows, up to a few thousand.</param>
    /// <param name="cancellationToken">Stops between attempts. Written rows are kept.</param>
    public async Task<MovieUpsertResult> UpsertBatchAsync(IReadOnlyList<MovieImportRow> rows, CancellationToken cancellationToken)
    {
        var (created, updated) = (0, 0);
        var pending = rows;
        for (var attempt = 1; pending.Count > 0; attempt++)
        {
            var now = time.GetUtcNow();
            var models = pending.Select(row => Upsert(row, now)).ToArray();
            try
            {
                var result = await _movies.BulkWriteAsync(models, new BulkWriteOptions { IsOrdered = false }, cancellationToken);
                Count(result);
                pending = [];
            }
            // If two imports create the same movie concurrently, one insert fails and becomes an update when retried. Engines report
            // this differently (a duplicate key, a conflict, a deadlock), and retrying any row is harmless.
            catch (MongoBulkWriteException<MovieDocument> e) when (attempt < MaxAttempts && e.WriteConcernError is null)
            {
                Count(e.Result);
                var rejected = pending;
                pending = [.. e.WriteErrors.Select(error => rejected[error.Index])];
            }
        }
        await changes.PublishAsync(Change.Written(MovieEntity.Name));
        return new MovieUpsertResult(created, updated);

        void Count(BulkWriteResult<MovieDocument> result)
        {
            created += result.Upserts.Count;
            updated += (int)result.MatchedCount;
        }
    }

    private static UpdateOneModel<MovieDocument> Upsert(MovieImportRow row, DateTimeOffset now) =>
        new(
            new BsonDocument
            {
                { MovieFields.Title, row.Details.Title },
                { MovieFields.ReleaseDate, MovieUpdates.Date(row.Details.ReleaseDate) },
            },
            MovieUpdates.Import(row, now)
        )
        {
            IsUpsert = true,
        };
}
