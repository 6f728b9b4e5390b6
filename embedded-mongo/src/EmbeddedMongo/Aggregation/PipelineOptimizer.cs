using EmbeddedMongo.Aggregation.Stages;
using EmbeddedMongo.Bson;
using EmbeddedMongo.Query.Matching;

namespace EmbeddedMongo.Aggregation;

/// <summary>
/// Rewrites a pipeline without changing its result: moves filters before sorts and before lookups that they do not read, merges
/// adjacent filters, passes limits to sorts, merges an $unwind into the preceding $lookup, and passes the fields that later stages read to
/// a $lookup.
/// </summary>
internal static class PipelineOptimizer
{
    public static List<Stage> Optimize(List<Stage> stages)
    {
        var ordered = new List<Stage>(stages.Count);
        foreach (var stage in stages)
        {
            if (stage is MatchStage match)
                InsertMatch(ordered, match);
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

    private static void InsertMatch(List<Stage> stages, MatchStage match)
    {
        if (match.Filter is AlwaysTrueExpression)
            return;
        var at = stages.Count;
        while (at > 0 && CanPass(stages[at - 1], match))
            at--;
        if (at > 0 && stages[at - 1] is MatchStage before)
            stages[at - 1] = before.And(match);
        else
            stages.Insert(at, match);
    }

    private static bool CanPass(Stage stage, MatchStage match)
    {
        if (stage is SortStage)
            return true;
        if (stage is not LookupStage lookup)
            return false;
        var read = new FieldSet();
        match.Filter.CollectFields(read);
        return !read.All && !read.Contains(lookup.AsField) && !lookup.Unwinds;
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
