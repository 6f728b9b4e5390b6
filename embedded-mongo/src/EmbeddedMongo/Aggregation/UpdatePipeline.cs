using EmbeddedMongo.Errors;
using EmbeddedMongo.Expressions;
using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation;

/// <summary>An update that is a pipeline: $set, $addFields, $unset, $project, $replaceRoot and $replaceWith only.</summary>
internal sealed class UpdatePipeline
{
    private readonly TransformStage[] _stages;
    private readonly EvaluationContext _context;

    private UpdatePipeline(TransformStage[] stages, EvaluationContext context)
    {
        _stages = stages;
        _context = context;
    }

    /// <summary>Parses the array of an update's <c>u</c> field (error 72 InvalidOptions for stages that an update may not have).</summary>
    public static UpdatePipeline Parse(BsonArray stages, VariableScope scope)
    {
        foreach (var stage in stages)
        {
            if (stage is BsonDocument { ElementCount: > 0 } document && Refused(document.GetElement(0).Name) is { } name)
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

    // A name that is no stage at all is the parser's to refuse.
    private static string? Refused(string stage) =>
        stage is "$addFields" or "$set" or "$project" or "$unset" or "$replaceRoot" or "$replaceWith" || !PipelineParser.IsStage(stage)
            ? null
            : stage;

    /// <summary>The document after all stages; the given one is not changed.</summary>
    public BsonDocument Apply(BsonDocument document)
    {
        foreach (var stage in _stages)
        {
            document = stage.Transform(document, _context);
        }
        return document;
    }
}
