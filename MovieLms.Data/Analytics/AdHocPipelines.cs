using MongoDB.Bson;
using MongoDB.Bson.Serialization;
using MongoDB.Driver;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Analytics;

/// <summary>The documents that an ad-hoc pipeline returned.</summary>
/// <param name="Documents">Each as relaxed extended JSON (https://www.mongodb.com/docs/manual/reference/mongodb-extended-json/).</param>
/// <param name="IsTruncated">True when the pipeline returned more documents than the limits allow.</param>
public sealed record AdHocResult(IReadOnlyList<string> Documents, bool IsTruncated);

/// <summary>Runs pipelines written by administrators, within <see cref="AdHocPolicy"/> and limits on time and size.</summary>
public sealed class AdHocPipelines(IMongoDatabase database)
{
    /// <summary>Maximum number of documents in a result.</summary>
    public const int MaxDocuments = 1_000;

    private const long MaxCharacters = 8_000_000;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>The collections that a pipeline may read.</summary>
    public static IEnumerable<string> Collections => AdHocPolicy.AllowedCollections;

    /// <summary>The stages that a pipeline may have, in order.</summary>
    public static IEnumerable<string> Stages => AdHocNames.Stages.Order(StringComparer.Ordinal);

    /// <summary>The operators that a pipeline may use, in order.</summary>
    public static IEnumerable<string> Operators => AdHocNames.Operators.Order(StringComparer.Ordinal);

    /// <summary>Returns the only fields of a collection that a pipeline can see; null if it can see all.</summary>
    public static IReadOnlyList<string>? VisibleFields(string collection) => AdHocPolicy.GetVisibleFields(collection);

    /// <summary>Returns true when a pipeline may read the collection.</summary>
    public static bool Allows(string collection) => AdHocPolicy.Allows(collection);

    /// <summary>
    /// Runs a pipeline, a JSON array of stages that may contain extended JSON, on one of the <see cref="Collections"/> for at most five
    /// seconds.
    /// </summary>
    /// <exception cref="PipelineRejectedException">
    /// The pipeline is not allowed, the database rejects it, or it exceeds the time limit.
    /// </exception>
    public async Task<AdHocResult> RunAsync(string collection, string pipeline, CancellationToken cancellationToken)
    {
        var stages = AdHocPolicy.Rewrite(collection, Parse(pipeline));
        stages.Add(new BsonDocument("$limit", MaxDocuments + 1));
        var documents = new List<string>();
        var characters = 0L;
        try
        {
            using var cursor = await database
                .GetCollection<BsonDocument>(collection)
                .AggregateAsync(
                    stages.ToPipeline<BsonDocument>(),
                    new AggregateOptions { MaxTime = Timeout, AllowDiskUse = false },
                    cancellationToken
                );
            while (await cursor.MoveNextAsync(cancellationToken))
            {
                foreach (var document in cursor.Current)
                {
                    var text = RelaxedJson.Serialize(document);
                    characters += text.Length;
                    if (documents.Count == MaxDocuments || characters > MaxCharacters)
                        return new AdHocResult(documents, IsTruncated: true);
                    documents.Add(text);
                }
            }
            return new AdHocResult(documents, IsTruncated: false);
        }
        catch (MongoExecutionTimeoutException)
        {
            throw new PipelineRejectedException(
                $"The pipeline ran for more than {Timeout.TotalSeconds} s and was stopped. Narrow it with an early $match."
            );
        }
        catch (MongoCommandException e) when (e is not (MongoNotPrimaryException or MongoNodeIsRecoveringException))
        {
            throw new PipelineRejectedException($"The database rejected the pipeline: {e.ErrorMessage}");
        }
    }

    private static BsonArray Parse(string pipeline)
    {
        try
        {
            return BsonSerializer.Deserialize<BsonArray>(pipeline);
        }
        catch (Exception e)
            when (e is FormatException or InvalidOperationException or ArgumentException or OverflowException or BsonException)
        {
            throw new PipelineRejectedException(
                "The pipeline must be a JSON array of stages. Write dates and IDs as extended JSON ({ \"$date\": … }, { \"$oid\": … })."
            );
        }
    }
}
