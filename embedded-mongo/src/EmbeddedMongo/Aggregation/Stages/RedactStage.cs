using EmbeddedMongo.Bson;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Expressions;
using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation.Stages;

/// <summary>
/// $redact: keeps or removes a document and, for $$DESCEND, each document in its fields and arrays, with $$CURRENT as that document.
/// </summary>
internal sealed class RedactStage(Expression decision, int current) : Stage
{
    private static readonly BsonString Descend = "descend";
    private static readonly BsonString Prune = "prune";
    private static readonly BsonString Keep = "keep";

    public override bool IsPerDocument => true;

    public static IEnumerable<Stage> Parse(BsonValue spec, PipelineContext context)
    {
        var scope = context.Scope.CreateChild();
        scope.DefineSystem("DESCEND", Descend);
        scope.DefineSystem("PRUNE", Prune);
        scope.DefineSystem("KEEP", Keep);
        var current = scope.Declare("CURRENT");
        return [new RedactStage(ExpressionParser.Parse(spec, scope), current)];
    }

    public override IEnumerable<BsonDocument> Run(IEnumerable<BsonDocument> input, ExecutionContext context)
    {
        foreach (var document in input)
        {
            context.Tick();
            context.Evaluation.Bind(document);
            if (Redact(document, context.Evaluation) is { } redacted)
                yield return redacted;
        }
    }

    public override bool CollectFields(FieldSet into)
    {
        into.All = true;
        return false;
    }

    /// <summary>Returns the document or a copy without its pruned parts, or null if the document itself is pruned.</summary>
    private BsonDocument? Redact(BsonDocument document, EvaluationContext context)
    {
        context[current] = document;
        var value = decision.Evaluate(context);
        if (Keep.Equals(value))
            return document;

        if (Prune.Equals(value))
            return null;

        if (!Descend.Equals(value))
        {
            throw MongoErrorException.Location(
                17053,
                $"$redact's expression should not return anything aside from the variables $$KEEP, $$DESCEND, and $$PRUNE, but returned {value}"
            );
        }

        var copy = new BsonDocument();
        foreach (var field in document)
        {
            if (RedactValue(field.Value, context) is { } redacted)
                copy.Add(field.Name, redacted);
        }

        return copy;
    }

    private BsonValue? RedactValue(BsonValue value, EvaluationContext context) =>
        value switch
        {
            BsonDocument document => Redact(document, context),
            BsonArray array => new BsonArray(array.Select(item => RedactValue(item, context)).Where(static item => item is not null)),
            _ => value,
        };
}
