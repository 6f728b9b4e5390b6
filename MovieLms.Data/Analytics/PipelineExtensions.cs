using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Analytics;

/// <summary>Runs pipelines that may read whole collections, each for at most twenty seconds.</summary>
internal static class PipelineExtensions
{
    private static readonly AggregateOptions Options = new() { MaxTime = TimeSpan.FromSeconds(20) };

    /// <summary>Runs a pipeline over the collection and returns its results.</summary>
    /// <exception cref="MongoExecutionTimeoutException">The pipeline exceeded the time limit.</exception>
    internal static async Task<List<TResult>> RunAsync<TResult>(
        this IMongoCollection<BsonDocument> collection,
        IEnumerable<BsonDocument> stages,
        CancellationToken cancellationToken
    )
    {
        using var cursor = await collection.AggregateAsync(stages.ToPipeline<TResult>(), Options, cancellationToken);
        return await cursor.ToListAsync(cancellationToken);
    }
}
