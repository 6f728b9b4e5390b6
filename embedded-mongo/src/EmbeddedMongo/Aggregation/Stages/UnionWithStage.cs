using EmbeddedMongo.Bson;
using EmbeddedMongo.Errors;
using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation.Stages;

/// <summary>$unionWith: yields the input, then the result of a sub-pipeline over another collection.</summary>
internal sealed class UnionWithStage(string? collection, Pipeline pipeline) : Stage
{
    public static IEnumerable<Stage> Parse(BsonValue spec, PipelineContext context)
    {
        if (spec is BsonString name)
            return [new UnionWithStage(name.Value, new Pipeline([]))];
        if (spec is not BsonDocument document)
        {
            throw MongoErrorException.FailedToParse(
                $"the $unionWith stage specification must be an object or string, but found {Expressions.TypeNames.Of(spec)}"
            );
        }

        string? collection = null;
        var pipeline = new Pipeline([]);
        foreach (var option in document)
        {
            switch (option.Name)
            {
                case "coll":
                    collection = option.Value is BsonString text
                        ? text.Value
                        : throw MongoErrorException.TypeMismatch("BSON field '$unionWith.coll' is the wrong type, expected type 'string'");
                    break;
                case "pipeline":
                    pipeline = option.Value is BsonArray stages
                        ? PipelineParser.Parse(stages, context.Nest(context.Scope, "$unionWith"))
                        : throw MongoErrorException.TypeMismatch("'pipeline' option must be specified as an array");
                    break;
                default:
                    throw MongoErrorException.UnknownField("$unionWith", option.Name);
            }
        }
        return collection is not null || pipeline.GeneratesInput
            ? [new UnionWithStage(collection, pipeline)]
            : throw MongoErrorException.FailedToParse(
                "$unionWith stage without explicit collection must have a pipeline with $documents as first stage"
            );
    }

    public override IEnumerable<BsonDocument> Run(IEnumerable<BsonDocument> input, ExecutionContext context)
    {
        foreach (var document in input)
            yield return document;
        foreach (var document in SubPipeline.Run(collection, pipeline, context))
            yield return document;
    }

    public override bool CollectFields(FieldSet into) => false;
}
