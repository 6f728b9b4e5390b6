using EmbeddedMongo.Bson;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation.Stages;

/// <summary>$limit, which must be at least 1.</summary>
internal sealed class LimitStage(long count) : Stage
{
    public long Count { get; } = count;

    public static IEnumerable<Stage> Parse(BsonValue spec, PipelineContext context)
    {
        var count = StageNumber.Parse(spec, "$limit", 5107201);
        return count > 0 ? [new LimitStage(count)] : throw MongoErrorException.Location(15958, "the limit must be positive");
    }

    public override IEnumerable<BsonDocument> Run(IEnumerable<BsonDocument> input, ExecutionContext context)
    {
        var remaining = Count;
        foreach (var document in input)
        {
            yield return document;
            if (--remaining == 0)
                yield break;
        }
    }

    public override bool CollectFields(FieldSet into) => false;
}

/// <summary>$skip.</summary>
internal sealed class SkipStage(long count) : Stage
{
    public long Count { get; } = count;

    public static IEnumerable<Stage> Parse(BsonValue spec, PipelineContext context) =>
        [new SkipStage(StageNumber.Parse(spec, "$skip", 5107200))];

    public override IEnumerable<BsonDocument> Run(IEnumerable<BsonDocument> input, ExecutionContext context)
    {
        var remaining = Count;
        foreach (var document in input)
        {
            context.Tick();
            if (remaining > 0)
            {
                remaining--;
                continue;
            }
            yield return document;
        }
    }

    public override bool CollectFields(FieldSet into) => false;
}

/// <summary>The operand of $limit and $skip.</summary>
internal static class StageNumber
{
    /// <summary>Parses a non-negative integer.</summary>
    public static long Parse(BsonValue spec, string stage, int code)
    {
        var problem =
            !BsonNumbers.IsNumber(spec) ? "Expected a number"
            : !BsonNumbers.TryToInt64(spec, out var count) ? "Cannot represent as a 64-bit integer"
            : count < 0 ? "Expected a non-negative number"
            : null;
        return problem is null
            ? BsonNumbers.TryToInt64(spec, out var value)
                ? value
                : 0
            : throw MongoErrorException.Location(code, $"invalid argument to {stage} stage: {problem} in: {stage}: {spec}");
    }
}
