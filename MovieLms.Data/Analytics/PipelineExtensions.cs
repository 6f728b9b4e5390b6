using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Analytics;

/// <summary>Runs pipelines that may read whole collections, each for a limited time.</summary>
internal static class PipelineExtensions
{
    private static readonly AggregateOptions Options = new() { MaxTime = AnalyticsStore.TimeLimit };
    private static readonly AggregateOptions CustomOptions = new() { MaxTime = AnalyticsStore.CustomTimeLimit };

    /// <summary>Runs a pipeline and returns its results.</summary>
    /// <exception cref="MongoExecutionTimeoutException">The pipeline exceeded the time limit.</exception>
    internal static async Task<List<TResult>> RunAsync<TResult>(
        this IMongoDatabase database,
        ExplainedPipeline pipeline,
        CancellationToken cancellationToken,
        bool isCustom = false
    )
    {
        var options = isCustom ? CustomOptions : Options;
        using var cursor = await database
            .GetCollection<BsonDocument>(pipeline.Collection)
            .AggregateAsync(pipeline.Documents.ToPipeline<TResult>(), options, cancellationToken);
        return await cursor.ToListAsync(cancellationToken);
    }
}
