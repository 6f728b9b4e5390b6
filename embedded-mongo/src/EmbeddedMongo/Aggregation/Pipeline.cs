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

    /// <summary>Whether the first stage makes the documents itself ($documents), so that no collection is read.</summary>
    public bool GeneratesInput => _stages is [DocumentsStage, ..];

    /// <summary>The top-level fields of the input that the pipeline's result depends on; null for whole documents.</summary>
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

    /// <summary>
    /// Splits off what a planner does better than a stage: leading $match, then $sort, then $skip and $limit.
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
                    // Saturates: a skip beyond every document is as good as one at the end of the range.
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

/// <summary>The query that a pipeline begins with, and the rest of it.</summary>
/// <param name="Filter">Which documents.</param>
/// <param name="Sort">In which order; null for any.</param>
/// <param name="Skip">How many of them not.</param>
/// <param name="Limit">How many at most after those; null for all. 0 means none (an impossible combination of $limit and $skip).</param>
/// <param name="Rest">The stages to run over them. Its <see cref="Pipeline.NeededFields"/> says what to decode, beside what filter and sort
/// need.</param>
internal sealed record LeadingQuery(MatchExpression Filter, SortSpec? Sort, long Skip, long? Limit, Pipeline Rest);
