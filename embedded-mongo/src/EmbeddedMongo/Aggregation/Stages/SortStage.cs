using EmbeddedMongo.Bson;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Query;
using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation.Stages;

/// <summary>$sort: holds all its input, or with a known limit only about twice that many documents.</summary>
internal sealed class SortStage(SortSpec sort, long limit = long.MaxValue) : Stage
{
    public SortSpec Sort { get; } = sort;

    public override bool IsBlocking => true;

    public static IEnumerable<Stage> Parse(BsonValue spec, PipelineContext context)
    {
        if (spec is not BsonDocument document)
            throw MongoErrorException.Location(15973, "the $sort key specification must be an object");
        return document.ElementCount > 0
            ? [new SortStage(SortSpec.Parse(document))]
            : throw MongoErrorException.Location(15976, "$sort stage must have at least one sort key");
    }

    public SortStage WithLimit(long most) => new(Sort, most);

    public override IEnumerable<BsonDocument> Run(IEnumerable<BsonDocument> input, ExecutionContext context)
    {
        var sorter = new DocumentSorter<BsonDocument>(Sort, limit);
        var bound = new MemoryBound("$sort", context.MemoryLimitBytes);
        var (taken, bytes) = (0L, 0L);
        foreach (var document in input)
        {
            context.Tick();
            if (sorter.Add(document, document))
            {
                // With a limit the sorter drops documents again: what it holds is taken to be of the mean size.
                taken++;
                bytes += MemoryBound.Estimate(document);
                bound.Hold(bytes / taken * sorter.Count);
            }
        }
        context.CheckInterrupted();
        return sorter.Sorted();
    }

    public override bool CollectFields(FieldSet into)
    {
        Sort.CollectFields(into);
        return false;
    }
}
