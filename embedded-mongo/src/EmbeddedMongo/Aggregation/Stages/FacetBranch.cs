using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation.Stages;

/// <summary>
/// One pipeline of a running $facet. Documents pass through its leading per-document stages into the collector of the first blocking stage,
/// as rows if the only such stage is a $match. A pipeline that does not start in this way runs at the end, over all documents.
/// </summary>
internal sealed class FacetBranch
{
    private readonly ExecutionContext _context;
    private readonly Pipeline _leading;
    private readonly MatchStage? _match;
    private readonly DocumentCollector? _collector;
    private readonly Pipeline _rest;
    private readonly List<BsonDocument> _held;

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
            _match = leading is [MatchStage match] ? match : null;
            ReadsRows = leading.Count == 0 || _match is not null;
        }
        else
        {
            _leading = new Pipeline([]);
            _rest = pipeline;
        }
    }

    public bool NeedsHeldDocuments => _collector is null;

    /// <summary>Whether the branch reads rows, as opposed to batches of documents.</summary>
    public bool ReadsRows { get; }

    /// <summary>Adds a row to a branch that reads rows.</summary>
    public void Add(IDocumentRow row)
    {
        if (_match?.Matches(row) != false)
            _collector!.Add(row);
    }

    /// <summary>Adds documents to a branch that reads batches.</summary>
    public void Add(IReadOnlyList<BsonDocument> batch)
    {
        if (_collector is null)
            return;
        foreach (var row in DecodedRow.Enumerate(_leading.Run(batch, _context)))
        {
            _context.Tick();
            _collector.Add(row);
        }
    }

    public IEnumerable<BsonDocument> Complete() => _rest.Run(_collector?.Complete() ?? _held, _context);
}
