using EmbeddedMongo.Aggregation.Accumulators;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Expressions;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation.Stages;

/// <summary>$bucket: a $group by the boundary below a value and a $sort by _id.</summary>
internal static class BucketParser
{
    public static IEnumerable<Stage> Parse(BsonValue spec, PipelineContext context)
    {
        if (spec is not BsonDocument document)
        {
            throw MongoErrorException.Location(
                40201,
                $"Argument to $bucket stage must be an object, but found type: {TypeNames.Of(spec)}."
            );
        }

        Expression? groupBy = null;
        BsonValue? fallback = null;
        BsonArray? boundaries = null;
        var output = new BsonDocument("count", new BsonDocument("$sum", 1));
        foreach (var option in document)
        {
            switch (option.Name)
            {
                case "groupBy":
                    groupBy = ExpressionParser.Parse(RequireExpression(option.Value, 40202, "$bucket"), context.Scope);
                    break;
                case "boundaries":
                    boundaries = ParseBoundaries(option.Value, context.Scope);
                    break;
                case "default":
                    fallback = ParseConstant(option.Value, context.Scope, 40195, "The $bucket 'default' field must be a constant");
                    break;
                case "output":
                    output =
                        option.Value as BsonDocument
                        ?? throw MongoErrorException.Location(
                            40196,
                            $"The $bucket 'output' field must be an object, but found type: {TypeNames.Of(option.Value)}."
                        );
                    break;
                default:
                    throw MongoErrorException.Location(40197, $"Unrecognized option to $bucket: {option.Name}.");
            }
        }
        if (groupBy is null || boundaries is null)
            throw MongoErrorException.Location(40198, "$bucket requires 'groupBy' and 'boundaries' to be specified.");
        var collation = context.Scope.Context.Collation;
        if (
            fallback is not null
            && Collation.Compare(collation, fallback, boundaries[0]) >= 0
            && Collation.Compare(collation, fallback, boundaries[^1]) < 0
        )
        {
            throw MongoErrorException.Location(
                40199,
                "The $bucket 'default' field must be less than the lowest boundary or greater than or equal to the highest boundary."
            );
        }

        if (output.Contains("_id"))
            throw MongoErrorException.Location(15948, "a group's _id may only be specified once");
        var id = new BucketExpression(groupBy, [.. boundaries], fallback, Collation.GetComparer(collation));
        var names = output.Select(field => AccumulatorParser.RequireFieldName(field.Name)).ToArray();
        var accumulators = output.Select(field => AccumulatorParser.Parse(field.Name, field.Value, context.Scope)).ToArray();
        return [new GroupStage(id, names, accumulators), .. SortStage.Parse(new BsonDocument("_id", 1), context)];
    }

    /// <summary>Validates `groupBy` of $bucket and $bucketAuto, which must be a path or an operator.</summary>
    public static BsonValue RequireExpression(BsonValue value, int code, string stage) =>
        value switch
        {
            BsonString text when text.Value.StartsWith('$') => value,
            BsonDocument { ElementCount: > 0 } document when document.GetElement(0).Name.StartsWith('$') => value,
            _ => throw MongoErrorException.Location(
                code,
                $"The {stage} 'groupBy' field must be defined as a $-prefixed path or an expression, but found: {value}."
            ),
        };

    private static BsonArray ParseBoundaries(BsonValue value, VariableScope scope)
    {
        if (value is not BsonArray array)
        {
            throw MongoErrorException.Location(
                40200,
                $"The $bucket 'boundaries' field must be an array, but found type: {TypeNames.Of(value)}."
            );
        }

        var constants = new BsonArray(array.Count);
        foreach (var item in array)
        {
            constants.Add(ParseConstant(item, scope, 40191, "The $bucket 'boundaries' field must be an array of constant values"));
        }
        if (constants.Count < 2)
        {
            throw MongoErrorException.Location(
                40192,
                $"The $bucket 'boundaries' field must have at least 2 values, but found {constants.Count} value(s)."
            );
        }

        for (var i = 1; i < constants.Count; i++)
        {
            if (BsonOrder.Rank(constants[i]) != BsonOrder.Rank(constants[i - 1]))
            {
                throw MongoErrorException.Location(
                    40193,
                    $"All values in the the 'boundaries' option to $bucket must have the same type. Found conflicting types {TypeNames.Of(constants[i - 1])} and {TypeNames.Of(constants[i])}."
                );
            }

            if (Collation.Compare(scope.Context.Collation, constants[i - 1], constants[i]) >= 0)
            {
                throw MongoErrorException.Location(
                    40194,
                    $"The 'boundaries' option to $bucket must be sorted, but elements {i - 1} and {i} are not in ascending order ({constants[i - 1]} is not less than {constants[i]})."
                );
            }
        }
        return constants;
    }

    private static BsonValue ParseConstant(BsonValue value, VariableScope scope, int code, string message) =>
        ExpressionParser.Parse(value, scope) is ConstantExpression { Value: { } constant }
            ? constant
            : throw MongoErrorException.Location(code, $"{message}, but found: {value}.");
}
