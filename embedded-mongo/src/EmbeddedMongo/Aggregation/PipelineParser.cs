using System.Collections.Frozen;
using EmbeddedMongo.Aggregation.Stages;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Expressions;
using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation;

/// <summary>Parses and optimizes aggregation pipelines.</summary>
internal static class PipelineParser
{
    /// <summary>MongoDB's default limit on the number of stages.</summary>
    private const int MaxStages = 1000;

    private static readonly FrozenDictionary<string, Func<BsonValue, PipelineContext, IEnumerable<Stage>>> Parsers = new Dictionary<
        string,
        Func<BsonValue, PipelineContext, IEnumerable<Stage>>
    >
    {
        ["$match"] = MatchStage.Parse,
        ["$group"] = GroupStage.Parse,
        ["$sort"] = SortStage.Parse,
        ["$limit"] = LimitStage.Parse,
        ["$skip"] = SkipStage.Parse,
        ["$project"] = ProjectStage.Parse,
        ["$addFields"] = (spec, context) => AddFieldsStage.Parse("$addFields", spec, context),
        ["$set"] = (spec, context) => AddFieldsStage.Parse("$set", spec, context),
        ["$unset"] = ProjectStage.ParseUnset,
        ["$count"] = CountStage.Parse,
        ["$unwind"] = UnwindStage.Parse,
        ["$lookup"] = LookupParser.Parse,
        ["$facet"] = FacetStage.Parse,
        ["$bucket"] = BucketParser.Parse,
        ["$bucketAuto"] = BucketAutoStage.Parse,
        ["$sortByCount"] = SortByCountParser.Parse,
        ["$redact"] = RedactStage.Parse,
        ["$replaceRoot"] = ReplaceRootStage.Parse,
        ["$replaceWith"] = ReplaceRootStage.ParseWith,
        ["$sample"] = SampleStage.Parse,
        ["$unionWith"] = UnionWithStage.Parse,
        ["$setWindowFields"] = Windows.WindowParser.Parse,
        ["$documents"] = DocumentsStage.Parse,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Whether the server supports a stage of this name.</summary>
    public static bool IsStage(string name) => Parsers.ContainsKey(name) || IsOutput(name);

    /// <summary>Parses the stages of a command or a sub-pipeline.</summary>
    /// <exception cref="MongoErrorException">14, 40323 or 40324 for an invalid stage, or an error of the stage itself.</exception>
    public static Pipeline Parse(BsonArray stages, PipelineContext context)
    {
        if (stages.Count > MaxStages)
            throw MongoErrorException.Location(7749501, $"Pipeline length must be no longer than {MaxStages} stages.");
        var parsed = new List<Stage>(stages.Count);
        foreach (var stage in stages)
        {
            foreach (var item in ParseStage(stage, context))
            {
                if (item is DocumentsStage && parsed.Count > 0)
                    throw MongoErrorException.Location(40602, "$documents is only valid as the first stage in a pipeline");
                parsed.Add(item);
            }
        }
        return new Pipeline(PipelineOptimizer.Optimize(parsed));
    }

    /// <summary>Parses a pipeline with its own root scope, which is the common case.</summary>
    public static Pipeline Parse(BsonArray stages, EvaluationContext evaluation) =>
        Parse(stages, new PipelineContext(VariableScope.CreateRoot(evaluation)));

    private static IEnumerable<Stage> ParseStage(BsonValue stage, PipelineContext context)
    {
        if (stage is not BsonDocument document)
            throw MongoErrorException.TypeMismatch("Each element of the 'pipeline' array must be an object");
        if (document.ElementCount != 1)
            throw MongoErrorException.Location(40323, "A pipeline stage specification object must contain exactly one field.");
        var (name, spec) = (document.GetElement(0).Name, document.GetElement(0).Value);
        if (
            context.Container == "$facet"
            && name
                is (
                    "$facet"
                    or "$documents"
                    or "$out"
                    or "$merge"
                    or "$geoNear"
                    or "$indexStats"
                    or "$collStats"
                    or "$currentOp"
                    or "$changeStream"
                )
        )
        {
            throw MongoErrorException.Location(40600, $"{name} is not allowed to be used within a $facet stage");
        }

        if (name is "$collStats" or "$indexStats" or "$currentOp")
            throw MongoErrorException.Location(40602, $"{name} is only valid as the first stage in a pipeline");

        // The aggregate command handles these stages at the end of its pipeline.
        if (IsOutput(name))
            throw CreateOutputError(name, context.Container);

        return Parsers.TryGetValue(name, out var parser) ? parser(spec, context) : throw UnsupportedStages.CreateError(name);
    }

    private static bool IsOutput(string name) => name is "$out" or "$merge";

    private static MongoErrorException CreateOutputError(string name, string? container) =>
        container switch
        {
            "$lookup" => MongoErrorException.Location(51047, $"{name} is not allowed within a $lookup's sub-pipeline"),
            "$unionWith" => MongoErrorException.Location(31441, $"{name} is not allowed within a $unionWith's sub-pipeline"),
            _ => MongoErrorException.Location(40601, $"{name} can only be the final stage in the pipeline"),
        };
}
