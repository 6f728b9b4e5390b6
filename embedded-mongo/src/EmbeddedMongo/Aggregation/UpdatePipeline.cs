using EmbeddedMongo.Errors;
using EmbeddedMongo.Expressions;
using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation;

/// <summary>An update in the form of a pipeline. Allows only $set, $addFields, $unset, $project, $replaceRoot and $replaceWith.</summary>
internal sealed class UpdatePipeline
{
    private readonly TransformStage[] _stages;
    private readonly EvaluationContext _context;

    private UpdatePipeline(TransformStage[] stages, EvaluationContext context)
    {
        _stages = stages;
        _context = context;
    }

    /// <summary>Parses the array of an update's <c>u</c> field. Throws error 72 (InvalidOptions) for other stages.</summary>
    public static UpdatePipeline Parse(BsonArray stages, VariableScope scope)
    {
        foreach (var stage in stages)
        {
            if (stage is BsonDocument { ElementCount: > 0 } document && FindDisallowed(document.GetElement(0).Name) is { } name)
                throw new MongoErrorException(MongoErrorCodes.InvalidOptions, $"{name} is not allowed to be used within an update");
        }
        var parsed = new List<TransformStage>();
        foreach (var stage in PipelineParser.Parse(stages, new PipelineContext(scope)).Stages)
        {
            parsed.Add(
                stage as TransformStage
                    ?? throw new MongoErrorException(
                        MongoErrorCodes.InvalidOptions,
                        "This stage is not allowed to be used within an update"
                    )
            );
        }
        return new UpdatePipeline([.. parsed], scope.Context);
    }

    // The parser rejects names that are not stages at all.
    private static string? FindDisallowed(string stage) =>
        stage is "$addFields" or "$set" or "$project" or "$unset" or "$replaceRoot" or "$replaceWith" || !PipelineParser.IsStage(stage)
            ? null
            : stage;

    /// <summary>Returns the document after all stages without changing the given one.</summary>
    public BsonDocument Apply(BsonDocument document)
    {
        foreach (var stage in _stages)
        {
            document = stage.Transform(document, _context);
        }
        return document;
    }
}
