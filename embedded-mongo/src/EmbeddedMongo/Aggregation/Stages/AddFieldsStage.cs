using EmbeddedMongo.Aggregation.Projecting;
using EmbeddedMongo.Bson;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Expressions;
using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation.Stages;

/// <summary>$addFields and its alias $set.</summary>
internal sealed class AddFieldsStage(ProjectionNode fields) : TransformStage
{
    public static IEnumerable<Stage> Parse(string name, BsonValue spec, PipelineContext context)
    {
        if (spec is not BsonDocument document)
            throw MongoErrorException.Location(40272, $"{name} specification stage must be an object, got {TypeNames.Of(spec)}");
        if (document.ElementCount == 0)
            throw MongoErrorException.Location(40177, $"Invalid {name} :: caused by :: specification must have at least one field");
        var (root, paths) = (new ProjectionNode(), new PathTree());
        foreach (var element in document)
            AddField(name, root, paths, [], element, context.Scope);
        return [new AddFieldsStage(root)];
    }

    public override BsonDocument Transform(BsonDocument document, EvaluationContext context)
    {
        context.Bind(document);
        return fields.Add(document, context);
    }

    public override bool CanFilterBefore(FieldSet read) => fields.Keeps(read, including: false);

    public override bool CollectFields(FieldSet into)
    {
        fields.CollectFields(into, including: false);
        return false;
    }

    private static void AddField(
        string stage,
        ProjectionNode root,
        PathTree paths,
        string[] prefix,
        BsonElement element,
        VariableScope scope
    )
    {
        if (element.Name.StartsWith('$'))
        {
            throw MongoErrorException.Location(
                16410,
                $"Invalid {stage} :: caused by :: FieldPath field names may not start with '$'. Consider using $getField or $setField."
            );
        }

        string[] path = [.. prefix, .. FieldPath.Parse(element.Name)];
        if (element.Value is BsonDocument { ElementCount: 0 })
        {
            throw MongoErrorException.Location(
                40180,
                $"Invalid {stage} :: caused by :: an empty object is not a valid value. Found empty object at path {string.Join('.', path)}"
            );
        }

        if (element.Value is BsonDocument nested && !nested.GetElement(0).Name.StartsWith('$'))
        {
            foreach (var inner in nested)
                AddField(stage, root, paths, path, inner, scope);
            return;
        }
        if (!paths.TryAdd(path, out _))
        {
            throw MongoErrorException.Location(
                40176,
                $"Invalid {stage} :: caused by :: specification contains two conflicting paths. Cannot specify both '{string.Join('.', path)}' and one that leads through it"
            );
        }

        root.AddExpression(path, ExpressionParser.Parse(element.Value, scope));
    }
}
