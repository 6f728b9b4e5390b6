using EmbeddedMongo.Expressions;
using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation;

/// <summary>A stage that turns each document into one other: what updates by pipeline are made of, too.</summary>
internal abstract class TransformStage : Stage
{
    /// <summary>The new document; the given one is not changed.</summary>
    public abstract BsonDocument Transform(BsonDocument document, EvaluationContext context);

    public sealed override IEnumerable<BsonDocument> Run(IEnumerable<BsonDocument> input, ExecutionContext context)
    {
        foreach (var document in input)
        {
            context.Tick();
            yield return Transform(document, context.Evaluation);
        }
    }
}
