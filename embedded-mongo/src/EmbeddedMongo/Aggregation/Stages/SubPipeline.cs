using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation.Stages;

/// <summary>Runs a pipeline over another collection, whose planner receives the leading filter.</summary>
internal static class SubPipeline
{
    public static IEnumerable<BsonDocument> Run(string? collection, Pipeline pipeline, ExecutionContext context)
    {
        if (collection is null || pipeline.GeneratesInput)
            return pipeline.Run([], context);
        var stages = pipeline.Stages;
        var needed = pipeline.NeededFields();
        if (stages is [MatchStage match, ..])
        {
            var found = context.Collections.Find(collection, match.Filter, needed);
            return new Pipeline(stages.Skip(1)).Run(found, context);
        }
        return pipeline.Run(context.Collections.Find(collection, Query.Matching.AlwaysTrueExpression.Instance, needed), context);
    }
}
