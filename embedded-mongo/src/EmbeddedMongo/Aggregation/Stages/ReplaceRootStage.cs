using EmbeddedMongo.Bson;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Expressions;
using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation.Stages;

/// <summary>$replaceRoot and $replaceWith.</summary>
internal sealed class ReplaceRootStage(Expression newRoot) : TransformStage
{
    public static IEnumerable<Stage> Parse(BsonValue spec, PipelineContext context)
    {
        if (spec is not BsonDocument document)
        {
            throw MongoErrorException.Location(
                40229,
                $"expected an object as specification for $replaceRoot stage, got {TypeNames.Of(spec)}"
            );
        }

        BsonValue? newRoot = null;
        foreach (var option in document)
        {
            newRoot = option.Name == "newRoot" ? option.Value : throw MongoErrorException.UnknownField("$replaceRoot", option.Name);
        }
        return ParseWith(newRoot ?? throw MongoErrorException.MissingField("$replaceRoot", "newRoot"), context);
    }

    public static IEnumerable<Stage> ParseWith(BsonValue spec, PipelineContext context) =>
        [new ReplaceRootStage(ExpressionParser.Parse(spec, context.Scope))];

    public override BsonDocument Transform(BsonDocument document, EvaluationContext context)
    {
        context.Bind(document);
        var value = newRoot.Evaluate(context);
        return value as BsonDocument
            ?? throw MongoErrorException.Location(
                40228,
                $"'newRoot' expression must evaluate to an object, but resulting value was: {value?.ToString() ?? "MISSING"}. Type of resulting value: '{TypeNames.Of(value)}'."
            );
    }

    public override bool CollectFields(FieldSet into)
    {
        newRoot.CollectFields(into);
        return true;
    }
}
