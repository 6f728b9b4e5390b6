using MongoDB.Bson.Serialization.Attributes;
using MongoDB.Driver;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Jobs;

/// <summary>
/// When each recurring job ran last, and who runs it now. The hold is what keeps two workers from running one job at once:
/// whatever wakes jobs may wake one twice.
/// </summary>
public sealed class JobRunStore(IMongoDatabase database, TimeProvider clock)
{
    private readonly IMongoCollection<JobRunDocument> _runs = database.GetCollection<JobRunDocument>(CollectionNames.JobRuns);

    /// <summary>Takes a job, unless somebody runs it.</summary>
    /// <param name="name">The job.</param>
    /// <param name="holder">The taker, new at each run.</param>
    /// <param name="longest">How long it may run before another may conclude that it has died.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<bool> TryBeginAsync(string name, string holder, TimeSpan longest, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        try
        {
            var result = await _runs.UpdateOneAsync(
                Builders<JobRunDocument>.Filter.Eq(run => run.Name, name)
                    & Builders<JobRunDocument>.Filter.Not(Builders<JobRunDocument>.Filter.Gt(run => run.HeldUntil, now)),
                Builders<JobRunDocument>
                    .Update.Set(run => run.Holder, holder)
                    .Set(run => run.HeldUntil, now + longest)
                    .Set(run => run.StartedAt, now),
                new UpdateOptions { IsUpsert = true },
                cancellationToken
            );
            return result.MatchedCount == 1 || result.UpsertedId is not null;
        }
        catch (MongoException e) when (e.IsDuplicateKey())
        {
            // There is one of this name and it did not match: it is held.
            return false;
        }
    }

    /// <summary>Ends a run and lets the job go.</summary>
    /// <param name="name">The job.</param>
    /// <param name="holder">As given to <see cref="TryBeginAsync"/>.</param>
    /// <param name="error">What went wrong; null for a success.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task EndAsync(string name, string holder, string? error, CancellationToken cancellationToken)
    {
        var update = Builders<JobRunDocument>
            .Update.Unset(run => run.HeldUntil)
            .Unset(run => run.Holder)
            .Set(run => run.EndedAt, clock.GetUtcNow());
        update = error is null
            ? update.Set(run => run.SucceededAt, clock.GetUtcNow()).Unset(run => run.Error)
            : update.Set(run => run.Error, error);
        return _runs.UpdateOneAsync(run => run.Name == name && run.Holder == holder, update, cancellationToken: cancellationToken);
    }

    /// <summary>Every job that ever ran.</summary>
    public async Task<IReadOnlyList<JobRunDocument>> ReadAsync(CancellationToken cancellationToken) =>
        await _runs.Find(FilterDefinition<JobRunDocument>.Empty).Limit(100).ToListAsync(cancellationToken);
}

/// <summary>A recurring job's runs.</summary>
public sealed record JobRunDocument
{
    [BsonId]
    public required string Name { get; init; }

    /// <summary>Who runs it; absent when nobody does.</summary>
    public string? Holder { get; init; }

    /// <summary>Then another may take it.</summary>
    public DateTimeOffset? HeldUntil { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    public DateTimeOffset? SucceededAt { get; init; }

    /// <summary>Of the last run, when it failed.</summary>
    public string? Error { get; init; }
}
