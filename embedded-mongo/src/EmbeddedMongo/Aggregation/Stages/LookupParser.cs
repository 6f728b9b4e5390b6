using EmbeddedMongo.Errors;
using EmbeddedMongo.Expressions;
using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation.Stages;

/// <summary>Parses $lookup: {from, localField, foreignField, let, pipeline, as}. Both forms may be combined.</summary>
internal static class LookupParser
{
    public static IEnumerable<Stage> Parse(BsonValue spec, PipelineContext context)
    {
        if (spec is not BsonDocument document)
            throw MongoErrorException.FailedToParse($"the $lookup stage specification must be an object, but found {TypeNames.Of(spec)}");
        string? from = null,
            localField = null,
            foreignField = null,
            target = null;
        BsonDocument? let = null;
        BsonArray? stages = null;
        foreach (var option in document)
        {
            switch (option.Name)
            {
                case "from" when option.Value is BsonDocument:
                    throw MongoErrorException.CommandNotSupported("$lookup from another database is not supported by the embedded server");
                case "from":
                    from = RequireString(option);
                    break;
                case "localField":
                    localField = RequireString(option);
                    break;
                case "foreignField":
                    foreignField = RequireString(option);
                    break;
                case "as":
                    target = RequireString(option);
                    break;
                case "let":
                    let =
                        option.Value as BsonDocument
                        ?? throw MongoErrorException.FailedToParse(
                            $"$lookup argument 'let' must be an object, is type {TypeNames.Of(option.Value)}"
                        );
                    break;
                case "pipeline":
                    stages =
                        option.Value as BsonArray
                        ?? throw MongoErrorException.TypeMismatch("'pipeline' option must be specified as an array");
                    break;
                default:
                    throw MongoErrorException.FailedToParse($"unknown argument to $lookup: {option.Name}");
            }
        }
        if (target is null)
            throw MongoErrorException.FailedToParse("must specify 'as' field for a $lookup");
        if ((localField is null) != (foreignField is null) || (localField is null && stages is null))
        {
            throw MongoErrorException.FailedToParse(
                stages is null
                    ? "$lookup requires either 'pipeline' or both 'localField' and 'foreignField' to be specified"
                    : "$lookup requires both or neither of 'localField' and 'foreignField' to be specified"
            );
        }
        if (let is not null && stages is null)
            throw MongoErrorException.FailedToParse("$lookup with a 'let' argument must also specify 'pipeline'");
        return [CreateStage(from, localField, foreignField, target, let ?? [], stages, context)];
    }

    private static LookupStage CreateStage(
        string? from,
        string? localField,
        string? foreignField,
        string target,
        BsonDocument let,
        BsonArray? stages,
        PipelineContext context
    )
    {
        var values = let.Select(v => ExpressionParser.Parse(v.Value, context.Scope)).ToArray();
        var inner = context.Scope.CreateChild();
        var slots = let.Select(v => inner.Declare(v.Name)).ToArray();
        var pipeline = PipelineParser.Parse(stages ?? [], context.Nest(inner, "$lookup"));
        if (from is null && !pipeline.GeneratesInput)
            throw MongoErrorException.FailedToParse("must specify 'from' field for a $lookup");
        var equality = localField is null ? ((string[], string)?)null : (FieldPath.Parse(localField), RequirePath(foreignField!));
        return new LookupStage(from, FieldPath.Parse(target), slots, values, equality, pipeline);
    }

    private static string RequirePath(string path)
    {
        FieldPath.Parse(path);
        return path;
    }

    private static string RequireString(BsonElement option) =>
        option.Value is BsonString text
            ? text.Value
            : throw MongoErrorException.FailedToParse(
                $"$lookup argument '{option.Name}: {option.Value}' must be a string, is type {TypeNames.Of(option.Value)}"
            );
}
