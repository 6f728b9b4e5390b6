using EmbeddedMongo.Expressions;
using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation;

/// <summary>A stage that maps each document to one new document. Update pipelines consist of such stages.</summary>
internal abstract class TransformStage : Stage
{
    public sealed override bool IsPerDocument => true;

    /// <summary>Returns the new document without changing the given one.</summary>
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
