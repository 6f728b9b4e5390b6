using MongoDB.Bson;
using MongoDB.Bson.Serialization.Attributes;
using MongoDB.Driver;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Analytics;

/// <summary>The last answer of an analytic.</summary>
public sealed record StoredAnswer
{
    /// <summary>The analytic, and the release whose responses have this shape.</summary>
    [BsonId]
    public required string Key { get; init; }

    /// <summary>The computation that produced the answer.</summary>
    public string? Id { get; init; }

    /// <summary>The response's body. Null until the first answer is complete.</summary>
    public byte[]? Body { get; init; }

    /// <summary>The version of the data before the computation, which changes with every write. Null if it was unknown.</summary>
    public string? Version { get; init; }

    /// <summary>When the computation started. The answer includes all earlier writes.</summary>
    public DateTimeOffset ComputedAt { get; init; }

    /// <summary>How long the computation took.</summary>
    public double CostMilliseconds { get; init; }

    /// <summary>When a process may compute the answer again, or when the claim of the process that computes it expires.</summary>
    public DateTimeOffset DueAt { get; init; }
}

/// <summary>Stores the last answers of analytics, so that all processes share them and a restart has them.</summary>
public sealed class StoredAnswers(IMongoDatabase database, TimeProvider time) : IIndexedStore
{
    /// <summary>The name of the collection.</summary>
    public const string Collection = "analyticsAnswers";

    /// <summary>The maximum time until an answer is due again.</summary>
    public static readonly TimeSpan MaxInterval = TimeSpan.FromMinutes(10);

    /// <summary>The maximum duration of a computation, with its queries and the creation of a file.</summary>
    public static readonly TimeSpan MaxDuration = AnalyticsStore.TimeLimit + TimeSpan.FromSeconds(5);

    /// <summary>Longer than a computation, so that no two processes compute an answer at the same time.</summary>
    public static readonly TimeSpan LeaseDuration = MaxDuration + TimeSpan.FromSeconds(5);

    /// <summary>Answers that nobody has asked for again, among them those of earlier releases, are removed after this time.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    private static readonly Lease Lease = new() { DueAt = "dueAt", Holder = "holder" };

    private readonly IMongoCollection<BsonDocument> _answers = database.GetCollection<BsonDocument>(Collection);

    /// <inheritdoc/>
    public Task EnsureIndexesAsync(IndexBuilder indexes, CancellationToken cancellationToken) =>
        indexes.AddAsync(
            _answers,
            [
                new CreateIndexModel<BsonDocument>(
                    Builders<BsonDocument>.IndexKeys.Ascending("computedAt"),
                    new() { Name = "computedAt_ttl", ExpireAfter = Lifetime }
                ),
            ],
            cancellationToken
        );

    /// <summary>Returns an answer; null if none was ever computed.</summary>
    public async Task<StoredAnswer?> FindAsync(string key, CancellationToken cancellationToken) =>
        await _answers
            .Find(new BsonDocument { { "_id", key }, { "body", new BsonDocument("$exists", true) } })
            .Project<StoredAnswer>(new BsonDocument(Lease.Holder, 0))
            .FirstOrDefaultAsync(cancellationToken);

    /// <summary>Claims the computation of an answer that is due.</summary>
    /// <param name="key">The answer.</param>
    /// <param name="id">A new value for each computation.</param>
    /// <param name="cancellationToken">Cancels the write.</param>
    /// <returns>False if the answer is not due, or another process computes it.</returns>
    public Task<bool> TryClaimAsync(string key, string id, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        // A time too far ahead was stored before the clock was set back.
        var tooFar = new BsonDocument("dueAt", new BsonDocument("$gt", (now + MaxInterval).UtcDateTime));
        var filter = new BsonDocument
        {
            { "_id", key },
            {
                "$or",
                new BsonArray { Lease.Due(now), tooFar }
            },
        };
        return _answers.TryUpsertAsync(filter, Lease.Claim(id, now + LeaseDuration), cancellationToken);
    }

    /// <summary>Stores an answer and releases the claim. Stores nothing if the claim has expired and another process has it.</summary>
    public Task CompleteAsync(StoredAnswer answer, string id, CancellationToken cancellationToken)
    {
        var update = Lease.Release(answer.DueAt);
        update["$set"].AsBsonDocument.Merge(answer.ToBsonDocument()).Remove("_id");
        return UpdateAsync(answer.Key, id, update, cancellationToken);
    }

    /// <summary>Releases the claim after a failure. The answer is due again at <paramref name="dueAt"/>.</summary>
    public Task ReleaseAsync(string key, string id, DateTimeOffset dueAt, CancellationToken cancellationToken) =>
        UpdateAsync(key, id, Lease.Release(dueAt), cancellationToken);

    private Task UpdateAsync(string key, string id, BsonDocument update, CancellationToken cancellationToken) =>
        _answers.UpdateOneAsync(new BsonDocument("_id", key).AddRange(Lease.HeldBy(id)), update, cancellationToken: cancellationToken);
}
