using EmbeddedMongo.Aggregation.Stages;
using EmbeddedMongo.Bson;
using EmbeddedMongo.Query.Matching;

namespace EmbeddedMongo.Aggregation;

/// <summary>
/// Rewrites a pipeline without changing its result: moves filters before sorts, and before projections and lookups whose results they do
/// not read, merges adjacent filters, passes limits to sorts, merges an $unwind into the preceding $lookup, and passes the fields that
/// later stages read to a $lookup.
/// </summary>
internal static class PipelineOptimizer
{
    public static List<Stage> Optimize(List<Stage> stages)
    {
        var ordered = new List<Stage>(stages.Count);
        foreach (var stage in stages)
        {
            if (stage is MatchStage match)
                InsertClauses(ordered, match);
            else if (stage is UnwindStage unwind && ordered.Count > 0 && ordered[^1] is LookupStage lookup && lookup.CanUnwind(unwind))
                ordered[^1] = lookup.WithUnwind(unwind);
            else
                ordered.Add(stage);
        }
        for (var i = 0; i < ordered.Count; i++)
        {
            if (ordered[i] is SortStage sort)
                ordered[i] = sort.WithLimit(LimitAfter(ordered, i + 1));
            else if (ordered[i] is LookupStage lookup)
                ordered[i] = lookup.WithLaterFields(new Pipeline(ordered.Skip(i + 1)).NeededFields());
        }
        return ordered;
    }

    /// <summary>Inserts each condition of a filter as early as it can be checked.</summary>
    private static void InsertClauses(List<Stage> stages, MatchStage match)
    {
        foreach (var clause in match.Clauses)
            Insert(stages, new MatchStage(clause));
    }

    private static void Insert(List<Stage> stages, MatchStage match)
    {
        if (match.Filter is AlwaysTrueExpression)
            return;
        var read = new FieldSet();
        match.Filter.CollectFields(read);
        var at = stages.Count;
        for (var i = at - 1; i >= 0 && (stages[i] is MatchStage || stages[i].CanFilterBefore(read)); i--)
        {
            if (stages[i] is not MatchStage)
                at = i;
        }

        if (at > 0 && stages[at - 1] is MatchStage before)
            stages[at - 1] = before.And(match);
        else
            stages.Insert(at, match);
    }

    /// <summary>Returns the maximum number of documents that the stages from a position read: the sum of $skip and $limit.</summary>
    private static long LimitAfter(List<Stage> stages, int at)
    {
        long skipped = 0;
        for (; at < stages.Count; at++)
        {
            switch (stages[at])
            {
                case SkipStage skip:
                    skipped = skipped > long.MaxValue - skip.Count ? long.MaxValue : skipped + skip.Count;
                    continue;
                case LimitStage limit:
                    return skipped > long.MaxValue - limit.Count ? long.MaxValue : skipped + limit.Count;
            }
            break;
        }
        return long.MaxValue;
    }
}
