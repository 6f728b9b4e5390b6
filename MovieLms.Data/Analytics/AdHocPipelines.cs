using MongoDB.Bson;
using MongoDB.Bson.Serialization;
using MongoDB.Driver;

namespace MovieLms.Data.Analytics;

/// <summary>An ad-hoc pipeline's documents.</summary>
/// <param name="Documents">Each as relaxed extended JSON (https://www.mongodb.com/docs/manual/reference/mongodb-extended-json/).</param>
/// <param name="IsTruncated">True when there were more than are given.</param>
public sealed record AdHocResult(IReadOnlyList<string> Documents, bool IsTruncated);

/// <summary>Runs pipelines that an administrator wrote, within <see cref="AdHocPolicy"/> and bounds of time and size.</summary>
public sealed class AdHocPipelines(IMongoDatabase database)
{
    /// <summary>The most documents that are given.</summary>
    public const int MaxDocuments = 1_000;

    private const long MaxCharacters = 8_000_000;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>The collections that may be read.</summary>
    public static IEnumerable<string> Collections => AdHocPolicy.CollectionsAllowed;

    /// <summary>True when the collection may be read.</summary>
    public static bool Allows(string collection) => AdHocPolicy.Allows(collection);

    /// <summary>Runs a pipeline for at most five seconds.</summary>
    /// <param name="collection">One of <see cref="Collections"/>.</param>
    /// <param name="pipeline">A JSON array of stages, extended JSON understood.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="PipelineRefusedException">It is not allowed, the database finds it wrong, or it took too long.</exception>
    public async Task<AdHocResult> RunAsync(string collection, string pipeline, CancellationToken cancellationToken)
    {
        var stages = AdHocPolicy.Rewrite(collection, Parse(pipeline));
        stages.Add(new BsonDocument("$limit", MaxDocuments + 1));
        var documents = new List<string>();
        var characters = 0L;
        try
        {
            using var found = await database
                .GetCollection<BsonDocument>(collection)
                .AggregateAsync(
                    stages.Giving<BsonDocument>(),
                    new AggregateOptions { MaxTime = Timeout, AllowDiskUse = false },
                    cancellationToken
                );
            while (await found.MoveNextAsync(cancellationToken))
            {
                foreach (var document in found.Current)
                {
                    var text = RelaxedJson.Text(document);
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
            throw new PipelineRefusedException(
                $"It took longer than {Timeout.TotalSeconds} s and was stopped. Narrow it with an early $match."
            );
        }
        catch (MongoCommandException e) when (e is not (MongoNotPrimaryException or MongoNodeIsRecoveringException))
        {
            throw new PipelineRefusedException($"The database refuses it: {e.ErrorMessage}");
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
            throw new PipelineRefusedException(
                "It must be an array of stages in JSON; values such as dates and ids as extended JSON ({ \"$date\": … }, { \"$oid\": … })."
            );
        }
    }
}
