using EmbeddedMongo.Bson;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Expressions;
using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation.Stages;

/// <summary>$documents: yields literal documents instead of those of a collection.</summary>
internal sealed class DocumentsStage(Expression documents) : Stage
{
    public static IEnumerable<Stage> Parse(BsonValue spec, PipelineContext context) =>
        [new DocumentsStage(ExpressionParser.Parse(spec, context.Scope))];

    public override IEnumerable<BsonDocument> Run(IEnumerable<BsonDocument> input, ExecutionContext context)
    {
        context.Evaluation.Bind([]);
        var list =
            documents.Evaluate(context.Evaluation) as BsonArray ?? throw MongoErrorException.Location(5858203, "an array is expected");
        foreach (var item in list)
        {
            yield return item as BsonDocument
                ?? throw MongoErrorException.Location(
                    40228,
                    $"'newRoot' expression must evaluate to an object, but resulting value was: {item}"
                );
        }
    }

    public override bool CollectFields(FieldSet into) => true;
}
