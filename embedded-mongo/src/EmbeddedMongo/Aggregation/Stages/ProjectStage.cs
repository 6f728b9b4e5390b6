using EmbeddedMongo.Aggregation.Projecting;
using EmbeddedMongo.Bson;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Expressions;
using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation.Stages;

/// <summary>$project (inclusion and exclusion) and $unset.</summary>
internal sealed class ProjectStage(ProjectionNode projection, bool including) : TransformStage
{
    public static IEnumerable<Stage> Parse(BsonValue spec, PipelineContext context)
    {
        if (spec is not BsonDocument document)
            throw MongoErrorException.Location(15969, "$project specification must be an object");
        var builder = ProjectionBuilder.Parse(document, context.Scope);
        return [new ProjectStage(builder.Root, builder.IsInclusion)];
    }

    public static IEnumerable<Stage> ParseUnset(BsonValue spec, PipelineContext context)
    {
        var fields = spec switch
        {
            BsonString => [spec],
            BsonArray { Count: > 0 } array => array,
            BsonArray => throw MongoErrorException.Location(
                31119,
                "$unset specification must be a string or an array with at least one field"
            ),
            _ => throw MongoErrorException.Location(31002, "$unset specification must be a string or an array"),
        };
        var exclusion = new BsonDocument();
        foreach (var field in fields)
        {
            var name =
                field as BsonString
                ?? throw MongoErrorException.Location(
                    31120,
                    "$unset specification must be a string or an array containing only string values"
                );
            if (exclusion.Contains(name.Value))
                throw MongoErrorException.Location(31250, $"Invalid $unset :: caused by :: Path collision at {name.Value}");
            exclusion.Add(name.Value, 0);
        }
        return Parse(exclusion, context);
    }

    public override BsonDocument Transform(BsonDocument document, EvaluationContext context)
    {
        if (!including)
            return projection.Exclude(document);
        context.Bind(document);
        return projection.Include(document, context);
    }

    public override bool CanFilterBefore(FieldSet read) => projection.Keeps(read, including);

    public override bool CollectFields(FieldSet into)
    {
        projection.CollectFields(into, including);
        return including;
    }
}
