using EmbeddedMongo.Aggregation.Stages;
using EmbeddedMongo.Bson;
using EmbeddedMongo.Query;
using EmbeddedMongo.Query.Matching;
using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation;

/// <summary>A parsed and optimized pipeline.</summary>
internal sealed class Pipeline
{
    private readonly Stage[] _stages;

    internal Pipeline(IEnumerable<Stage> stages) => _stages = [.. stages];

    public IReadOnlyList<Stage> Stages => _stages;

    /// <summary>Whether the first stage creates the documents ($documents), so that no collection is read.</summary>
    public bool GeneratesInput => _stages is [DocumentsStage, ..];

    /// <summary>Returns the input fields that the result depends on; null for whole documents.</summary>
    public FieldSet? NeededFields()
    {
        var needed = new FieldSet();
        foreach (var stage in _stages)
        {
            var complete = stage.CollectFields(needed);
            if (needed.All)
                return null;
            if (complete)
                return needed;
        }
        return null;
    }

    /// <summary>Runs the stages over <paramref name="input"/>, lazily.</summary>
    public IEnumerable<BsonDocument> Run(IEnumerable<BsonDocument> input, ExecutionContext context)
    {
        var documents = input;
        foreach (var stage in _stages)
        {
            documents = stage.Run(documents, context);
        }
        return documents;
    }

    /// <summary>Runs the stages over stored documents, lazily. There must be a stage.</summary>
    public IEnumerable<BsonDocument> RunRows(IEnumerable<IDocumentRow> rows, ExecutionContext context) =>
        new Pipeline(_stages[1..]).Run(_stages[0].RunRows(rows, context), context);

    /// <summary>
    /// Splits off the leading stages that the planner executes better: $match, then $sort, then $skip and $limit.
    /// </summary>
    public LeadingQuery SplitLeading()
    {
        var at = 0;
        MatchExpression filter = AlwaysTrueExpression.Instance;
        SortSpec? sort = null;
        long skip = 0;
        long? limit = null;
        if (_stages is [MatchStage match, ..])
        {
            filter = match.Filter;
            at++;
        }
        if (at < _stages.Length && _stages[at] is SortStage sorted)
        {
            sort = sorted.Sort;
            at++;
        }
        for (; at < _stages.Length; at++)
        {
            switch (_stages[at])
            {
                case SkipStage s:
                    // Saturate instead of overflowing: either way, every document is skipped.
                    skip = skip > long.MaxValue - s.Count ? long.MaxValue : skip + s.Count;
                    limit = limit is { } left ? Math.Max(0, left - s.Count) : null;
                    continue;
                case LimitStage l:
                    limit = Math.Min(limit ?? long.MaxValue, l.Count);
                    continue;
            }
            break;
        }
        return new LeadingQuery(filter, sort, skip, limit, new Pipeline(_stages[at..]));
    }
}

/// <summary>A pipeline's leading query and its remaining stages.</summary>
/// <param name="Filter">Selects the documents.</param>
/// <param name="Sort">Sort order; null for any order.</param>
/// <param name="Skip">Number of documents to skip.</param>
/// <param name="Limit">Maximum number of documents after the skip; null for all. 0 if $skip skips everything that $limit allows.</param>
/// <param name="Rest">
/// Remaining stages. <see cref="Pipeline.NeededFields"/> returns the fields to decode, in addition to those of the filter and the sort.
/// </param>
internal sealed record LeadingQuery(MatchExpression Filter, SortSpec? Sort, long Skip, long? Limit, Pipeline Rest);
