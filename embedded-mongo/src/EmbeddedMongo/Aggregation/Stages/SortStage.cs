using EmbeddedMongo.Bson;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Query;
using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation.Stages;

/// <summary>$sort: holds all of its input, or up to about twice as many documents as a known limit.</summary>
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

    public SortStage WithLimit(long maxDocuments) => new(Sort, maxDocuments);

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
                // With a limit, the sorter drops documents. The estimate assumes that the others are of average size.
                taken++;
                bytes += MemoryBound.Estimate(document);
                bound.SetUsage(bytes / taken * sorter.Count);
            }
        }
        context.CheckInterrupted();
        return sorter.GetSorted();
    }

    public override bool CollectFields(FieldSet into)
    {
        Sort.CollectFields(into);
        return false;
    }
}
