using MongoDB.Bson.Serialization.Attributes;
using MongoDB.Driver;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Jobs;

/// <summary>
/// Stores the runs of recurring jobs. A scheduler may start a job twice; a lease prevents two workers from running it at the same time.
/// </summary>
public sealed class JobRunStore(IMongoDatabase database, TimeProvider clock)
{
    private static readonly Lease Lease = new() { Holder = "holder", ExpiresAt = "heldUntil" };

    private readonly IMongoCollection<JobRunDocument> _runs = database.GetCollection<JobRunDocument>(CollectionNames.JobRuns);

    /// <summary>Claims a job for a run.</summary>
    /// <param name="name">The job's name.</param>
    /// <param name="holder">A new value for each run.</param>
    /// <param name="timeout">The time after which another worker may run the job.</param>
    /// <param name="cancellationToken">Cancels the write.</param>
    /// <returns>False if another worker runs the job.</returns>
    public Task<bool> TryBeginAsync(string name, string holder, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        // If another worker holds the job, its document exists but does not match.
        return _runs.TryUpsertAsync(
            Builders<JobRunDocument>.Filter.Eq(run => run.Name, name) & Lease.Free(now),
            Builders<JobRunDocument>.Update.Combine(
                Lease.Claim(holder, now + timeout),
                Builders<JobRunDocument>.Update.Set(run => run.StartedAt, now)
            ),
            cancellationToken
        );
    }

    /// <summary>Records the end of a run and releases the job.</summary>
    /// <param name="name">The job's name.</param>
    /// <param name="holder">The value passed to <see cref="TryBeginAsync"/>.</param>
    /// <param name="error">The kind of failure; null after a success.</param>
    /// <param name="cancellationToken">Cancels the write.</param>
    public Task EndAsync(string name, string holder, string? error, CancellationToken cancellationToken)
    {
        var update = Builders<JobRunDocument>.Update.Combine(
            Lease.End(),
            Builders<JobRunDocument>.Update.Set(run => run.EndedAt, clock.GetUtcNow())
        );
        update = error is null
            ? update.Set(run => run.SucceededAt, clock.GetUtcNow()).Unset(run => run.Error)
            : update.Set(run => run.Error, error);
        return _runs.UpdateOneAsync(
            Builders<JobRunDocument>.Filter.Eq(run => run.Name, name) & Lease.HeldBy(holder),
            update,
            cancellationToken: cancellationToken
        );
    }

    /// <summary>Returns the runs of all jobs.</summary>
    public async Task<IReadOnlyList<JobRunDocument>> ReadAsync(CancellationToken cancellationToken) =>
        await _runs.Find(FilterDefinition<JobRunDocument>.Empty).Limit(100).ToListAsync(cancellationToken);
}

/// <summary>The current and the last run of a recurring job.</summary>
public sealed record JobRunDocument
{
    [BsonId]
    public required string Name { get; init; }

    /// <summary>The run that holds the job; absent if the job is not running.</summary>
    public string? Holder { get; init; }

    /// <summary>When another worker may run the job.</summary>
    public DateTimeOffset? HeldUntil { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    public DateTimeOffset? SucceededAt { get; init; }

    /// <summary>The kind of failure of the last run; absent after a success.</summary>
    public string? Error { get; init; }
}
