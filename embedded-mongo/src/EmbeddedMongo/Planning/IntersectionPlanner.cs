using EmbeddedMongo.Query.Matching;
using EmbeddedMongo.Storage;

namespace EmbeddedMongo.Planning;

/// <summary>
/// Plans filters whose conditions are bound by several indexes, or by an index other than the one that provides the order. Counts a few
/// keys of each index: if one has no more, its documents are fetched. Otherwise <see cref="AndScan"/> decides how many keys to intersect.
/// </summary>
internal static class IntersectionPlanner
{
    /// <summary>Up to this number of keys, the documents are fetched without an intersection.</summary>
    private const int FewKeys = 200;

    /// <summary>Maximum number of indexes or conditions to intersect. The filter checks the others.</summary>
    private const int MaxTerms = 16;

    /// <summary>Beyond this number of documents to find, a walk is not considered.</summary>
    private const int MaxLimit = 10_000;

    /// <summary>Returns null if the best single index is at least as good.</summary>
    /// <param name="candidates">The paths of all usable indexes, best first.</param>
    /// <param name="limit">Number of documents to find, or 0 for all.</param>
    public static AccessPath? Plan(CollectionSnapshot snapshot, Conjunction filter, List<IndexPath> candidates, bool sorted, long limit)
    {
        var best = candidates[0];
        limit = limit is > 0 and <= MaxLimit ? limit : 0;
        if (best.IsUniquePoint || (best.CoversFilter && (best.ProvidesSort || !sorted || limit == 0)))
            return null;

        var walk =
            limit == 0 ? null
            : sorted ? candidates.Find(path => path.ProvidesSort)
            : best;
        var terms = GetTerms(filter, candidates, walk);
        if (
            terms.Count == 0
            || (terms.Count == 1 && walk is null)
            || (!best.Bounds[0].IsAll && KeyEstimate.Count(snapshot, best, FewKeys + 1) <= FewKeys)
        )
        {
            return null;
        }

        var (rarest, keys) = terms
            .Select(term => (Term: term, Keys: KeyEstimate.Count(snapshot, term, FewKeys + 1)))
            .MinBy(counted => counted.Keys);
        if (walk is { Bounds: [{ IsAll: false }, ..] } && KeyEstimate.Count(snapshot, walk, keys) < keys)
            return walk;

        return keys > FewKeys ? new AndPath([.. terms], walk, limit) { ProvidesSort = walk?.ProvidesSort == true } : rarest;
    }

    /// <summary>
    /// Returns a path for each condition that the walk does not express. Conditions on an array need a path each, because different
    /// elements may satisfy them.
    /// </summary>
    private static List<IndexPath> GetTerms(Conjunction filter, List<IndexPath> candidates, IndexPath? walk)
    {
        var terms = new List<IndexPath>();
        var bound = new HashSet<PathExpression>(walk?.Conditions ?? []);
        foreach (var candidate in candidates)
        {
            if (candidate.Bounds[0].IsAll)
                continue;

            Add(candidate);
            if (!candidate.Index.Multikey[0])
                continue;

            foreach (var condition in filter.Conditions.Where(c => c.Path == candidate.Index.Paths[0].Path))
            {
                if (bound.Contains(condition) || filter.GetBounds(condition, candidate.Index) is null)
                    continue;

                // A sparse index cannot find the missing values that some conditions match.
                if (IndexBinder.Bind(candidate.Index, filter, null, leading: condition) is { } path)
                    Add(path);
            }
        }

        return terms;

        void Add(IndexPath path)
        {
            if (terms.Count == MaxTerms || path.Conditions.All(bound.Contains))
                return;

            bound.UnionWith(path.Conditions);
            terms.Add(path);
        }
    }
}
