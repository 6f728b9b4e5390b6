using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation.Stages;

/// <summary>
/// One pipeline of a running $facet. Documents pass through its leading per-document stages, in batches, into the collector of the first
/// blocking stage. A pipeline that does not start in this way runs at the end, over all documents.
/// </summary>
internal sealed class FacetBranch
{
    private const int BatchSize = 128;

    private readonly ExecutionContext _context;
    private readonly Pipeline _leading;
    private readonly DocumentCollector? _collector;
    private readonly Pipeline _rest;
    private readonly List<BsonDocument> _held;
    private readonly List<BsonDocument> _batch = [];

    /// <summary>Creates the branch.</summary>
    /// <param name="pipeline">The branch's pipeline.</param>
    /// <param name="held">All documents, which $facet fills if a branch needs them.</param>
    /// <param name="context">The context of the command.</param>
    public FacetBranch(Pipeline pipeline, List<BsonDocument> held, ExecutionContext context)
    {
        _context = context;
        _held = held;
        var leading = pipeline.Stages.TakeWhile(stage => stage.IsPerDocument).ToList();
        var rest = pipeline.Stages.Skip(leading.Count).ToList();
        if (rest is [BlockingStage blocking, ..])
        {
            _collector = blocking.CreateCollector(context);
            _leading = new Pipeline(leading);
            _rest = new Pipeline(rest.Skip(1));
        }
        else
        {
            _leading = new Pipeline([]);
            _rest = pipeline;
        }
    }

    public bool NeedsHeldDocuments => _collector is null;

    /// <summary>Whether <see cref="Add"/> reads whole documents, because of the leading stages.</summary>
    public bool NeedsDocuments => _collector is not null && _leading.Stages.Count > 0;

    /// <summary>Adds a document.</summary>
    /// <param name="row">The document.</param>
    /// <param name="document">The decoded document if the branch <see cref="NeedsDocuments"/>. It is shared with other branches.</param>
    public void Add(IDocumentRow row, BsonDocument? document)
    {
        if (!NeedsDocuments)
        {
            _collector?.Add(row);
            return;
        }
        _batch.Add(document!);
        if (_batch.Count == BatchSize)
            CollectBatch();
    }

    public IEnumerable<BsonDocument> Complete()
    {
        if (_collector is null)
            return _rest.Run(_held, _context);
        CollectBatch();
        return _rest.Run(_collector.Complete(), _context);
    }

    private void CollectBatch()
    {
        foreach (var row in DecodedRow.Enumerate(_leading.Run(_batch, _context)))
        {
            _context.Tick();
            _collector!.Add(row);
        }
        _batch.Clear();
    }
}
