using MongoDB.Bson;
using MongoDB.Driver;

namespace MovieLms.Data.Analytics;

/// <summary>Runs the pipelines that read whole collections once, which nobody waits for longer than twenty seconds.</summary>
internal static class PipelineRun
{
    private static readonly AggregateOptions Options = new() { MaxTime = TimeSpan.FromSeconds(20) };

    /// <summary>The results of a pipeline over a collection.</summary>
    /// <exception cref="MongoExecutionTimeoutException">It took too long.</exception>
    internal static async Task<List<TResult>> RunAsync<TResult>(
        this IMongoCollection<BsonDocument> collection,
        IEnumerable<BsonDocument> stages,
        CancellationToken cancellationToken
    )
    {
        using var results = await collection.AggregateAsync(stages.Giving<TResult>(), Options, cancellationToken);
        return await results.ToListAsync(cancellationToken);
    }
}
