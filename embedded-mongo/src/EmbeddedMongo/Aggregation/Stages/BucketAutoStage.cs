using EmbeddedMongo.Aggregation.Accumulators;
using EmbeddedMongo.Bson;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Expressions;
using EmbeddedMongo.Expressions.Numerics;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation.Stages;

/// <summary>
/// $bucketAuto: sorts the documents by the expression and divides them into buckets of about equal size. Equal values stay together.
/// The option "granularity" is not supported.
/// </summary>
internal sealed class BucketAutoStage(Expression groupBy, int buckets, string[] names, Accumulator[] accumulators) : Stage
{
    public override bool IsBlocking => true;

    public static IEnumerable<Stage> Parse(BsonValue spec, PipelineContext context)
    {
        if (spec is not BsonDocument document)
        {
            throw MongoErrorException.Location(
                40240,
                $"The argument to $bucketAuto must be an object, but found type: {TypeNames.Of(spec)}."
            );
        }

        Expression? groupBy = null;
        int? buckets = null;
        var output = new BsonDocument("count", new BsonDocument("$sum", 1));
        foreach (var option in document)
        {
            switch (option.Name)
            {
                case "groupBy":
                    groupBy = ExpressionParser.Parse(BucketParser.RequireExpression(option.Value, 40239, "$bucketAuto"), context.Scope);
                    break;
                case "buckets":
                    buckets = ParseCount(option.Value);
                    break;
                case "output":
                    output =
                        option.Value as BsonDocument
                        ?? throw MongoErrorException.Location(
                            40244,
                            $"The $bucketAuto 'output' field must be an object, but found type: {TypeNames.Of(option.Value)}."
                        );
                    break;
                case "granularity":
                    throw MongoErrorException.CommandNotSupported(
                        "The $bucketAuto 'granularity' option is not supported by the embedded server"
                    );
                default:
                    throw MongoErrorException.Location(40245, $"Unrecognized option to $bucketAuto: {option.Name}.");
            }
        }
        if (groupBy is null || buckets is null)
            throw MongoErrorException.Location(40246, "$bucketAuto requires 'groupBy' and 'buckets' to be specified.");
        var names = output.Select(o => AccumulatorParser.RequireFieldName(o.Name)).ToArray();
        var accumulators = output.Select(o => AccumulatorParser.Parse(o.Name, o.Value, context.Scope)).ToArray();
        return [new BucketAutoStage(groupBy, buckets.Value, names, accumulators)];
    }

    public override IEnumerable<BsonDocument> Run(IEnumerable<BsonDocument> input, ExecutionContext context)
    {
        var bound = new MemoryBound("$bucketAuto", context.MemoryLimitBytes);
        var sorted = new List<(BsonValue Key, BsonDocument Document)>();
        foreach (var document in input)
        {
            context.Tick();
            context.Evaluation.Bind(document);
            bound.Add(document);
            sorted.Add((groupBy.Evaluate(context.Evaluation) ?? BsonNull.Value, document));
        }
        var collation = context.Evaluation.Collation;
        var ordered = sorted.OrderBy(item => item.Key, Collation.GetComparer(collation)!).ToArray();
        var size = Math.Max(1, (int)Math.Round((double)ordered.Length / buckets, MidpointRounding.AwayFromZero));
        var start = 0;
        for (var bucket = 1; start < ordered.Length; bucket++)
        {
            var end = bucket == buckets ? ordered.Length : Math.Min(ordered.Length, start + size);
            while (end < ordered.Length && Collation.Compare(collation, ordered[end].Key, ordered[end - 1].Key) == 0)
                end++;
            // A bucket's max is the min of the next bucket; the last bucket's max is its own highest value.
            var max = end < ordered.Length ? ordered[end].Key : ordered[end - 1].Key;
            yield return CreateBucket(ordered.AsSpan(start, end - start), max, context, bound);
            start = end;
        }
    }

    public override bool CollectFields(FieldSet into)
    {
        groupBy.CollectFields(into);
        foreach (var accumulator in accumulators)
            accumulator.CollectFields(into);
        return true;
    }

    private BsonDocument CreateBucket(
        ReadOnlySpan<(BsonValue Key, BsonDocument Document)> items,
        BsonValue max,
        ExecutionContext context,
        MemoryBound bound
    )
    {
        var states = Array.ConvertAll(accumulators, a => a.CreateState());
        foreach (var (_, document) in items)
        {
            context.Evaluation.Bind(document);
            for (var i = 0; i < states.Length; i++)
                accumulators[i].Accumulate(states[i], context.Evaluation, bound);
        }
        var bucket = new BsonDocument("_id", new BsonDocument { { "min", items[0].Key }, { "max", max } });
        for (var i = 0; i < states.Length; i++)
            bucket[names[i]] = states[i].Result() ?? BsonNull.Value;
        return bucket;
    }

    private static int ParseCount(BsonValue value)
    {
        if (!Numbers.IsNumeric(value))
        {
            throw MongoErrorException.Location(
                40241,
                $"The $bucketAuto 'buckets' field must be a numeric value, but found type: {TypeNames.Of(value)}."
            );
        }

        if (!Numbers.TryToInt32(value, out var count))
        {
            throw MongoErrorException.Location(
                40242,
                $"The $bucketAuto 'buckets' field must be representable as a 32-bit integer, but found {value}."
            );
        }

        return count > 0
            ? count
            : throw MongoErrorException.Location(40243, $"The $bucketAuto 'buckets' field must be greater than 0, but found: {count}.");
    }
}
