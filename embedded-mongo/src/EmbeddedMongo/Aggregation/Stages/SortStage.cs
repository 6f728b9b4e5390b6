using EmbeddedMongo.Aggregation.Spilling;
using EmbeddedMongo.Bson;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Query;
using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation.Stages;

/// <summary>
/// $sort: holds all of its input, or up to about twice as many documents as a known limit. Beyond the memory limit, it merges sorted runs
/// from temporary files.
/// </summary>
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

    public override bool CanFilterBefore(FieldSet read) => true;

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
        private readonly MemoryBound _bound = new("$sort", context.MemoryLimitBytes) { MaySpill = context.Spill is not null };
        private SortedRuns? _runs;
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
            if (_bound.IsExceeded)
                Spill();
        }

        public override IEnumerable<BsonDocument> Complete()
        {
            context.CheckInterrupted();
            return _runs is null
                ? _sorter.GetSorted()
                : _runs.Merge(_sorter.GetSorted(), context.Tick).TakeWhile((_, index) => index < limit);
        }

        private void Spill()
        {
            _runs ??= new SortedRuns(sort, context.Spill!);
            _runs.Add(_sorter.GetSorted());
            _sorter.Clear();
            (_taken, _bytes) = (0, 0);
            _bound.SetUsage(0);
        }
    }
}
