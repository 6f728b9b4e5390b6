using EmbeddedMongo.Bson;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Query;
using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation.Stages;

/// <summary>$sort: holds all of its input, or up to about twice as many documents as a known limit.</summary>
internal sealed class SortStage(SortSpec sort, long limit = long.MaxValue) : BlockingStage
{
    public SortSpec Sort { get; } = sort;

    public static IEnumerable<Stage> Parse(BsonValue spec, PipelineContext context)
    {
        if (spec is not BsonDocument document)
            throw MongoErrorException.Location(15973, "the $sort key specification must be an object");
        return document.ElementCount > 0
            ? [new SortStage(SortSpec.Parse(document, context.Scope.Context.Collation))]
            : throw MongoErrorException.Location(15976, "$sort stage must have at least one sort key");
    }

    public SortStage WithLimit(long maxDocuments) => new(Sort, maxDocuments);

    public override DocumentCollector CreateCollector(ExecutionContext context) => new Collector(Sort, limit, context);

    public override bool CollectFields(FieldSet into)
    {
        Sort.CollectFields(into);
        return false;
    }

    private sealed class Collector(SortSpec sort, long limit, ExecutionContext context) : DocumentCollector
    {
        private readonly DocumentSorter<BsonDocument> _sorter = new(sort, limit);
        private readonly MemoryBound _bound = new("$sort", context.MemoryLimitBytes);
        private long _taken;
        private long _bytes;

        public override void Add(IDocumentRow row)
        {
            var document = row.Document;
            if (!_sorter.Add(document, document))
                return;
            // With a limit, the sorter drops documents. The estimate assumes that the others are of average size.
            _taken++;
            _bytes += MemoryBound.Estimate(document);
            _bound.SetUsage(_bytes / _taken * _sorter.Count);
        }

        public override IEnumerable<BsonDocument> Complete()
        {
            context.CheckInterrupted();
            return _sorter.GetSorted();
        }
    }
}
