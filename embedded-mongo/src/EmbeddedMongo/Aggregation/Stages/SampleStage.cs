using EmbeddedMongo.Bson;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation.Stages;

/// <summary>$sample: yields random documents, each at most once, in random order (reservoir sampling).</summary>
internal sealed class SampleStage(long size) : Stage
{
    public override bool IsBlocking => true;

    public static IEnumerable<Stage> Parse(BsonValue spec, PipelineContext context)
    {
        if (spec is not BsonDocument document)
            throw MongoErrorException.Location(28745, "the $sample stage specification must be an object");
        long? size = null;
        foreach (var option in document)
        {
            if (option.Name != "size")
                throw MongoErrorException.Location(28748, $"unrecognized option to $sample: {option.Name}");
            if (!BsonNumbers.IsNumber(option.Value))
                throw MongoErrorException.Location(28746, "size argument to $sample must be a number");
            size = BsonNumbers.TryToInt64(option.Value, out var whole) ? whole : (long)BsonNumbers.ToDouble(option.Value);
            if (size <= 0)
                throw MongoErrorException.Location(28747, "size argument to $sample must be a positive integer");
        }
        return [new SampleStage(size ?? throw MongoErrorException.Location(28749, "$sample stage must specify a size"))];
    }

    public override IEnumerable<BsonDocument> Run(IEnumerable<BsonDocument> input, ExecutionContext context)
    {
        var chosen = new List<BsonDocument>();
        var bound = new MemoryBound("$sample", context.MemoryLimitBytes);
        long seen = 0;
        foreach (var document in input)
        {
            context.Tick();
            seen++;
            if (chosen.Count < size)
            {
                bound.Add(document);
                chosen.Add(document);
            }
            else if (context.Random.NextInt64(seen) is var at && at < size)
            {
                chosen[(int)at] = document;
            }
        }
        var picked = chosen.ToArray();
        context.Random.Shuffle(picked);
        return picked;
    }

    public override bool CollectFields(FieldSet into) => false;
}
