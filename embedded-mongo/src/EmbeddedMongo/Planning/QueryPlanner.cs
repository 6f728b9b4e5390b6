using EmbeddedMongo.Errors;
using EmbeddedMongo.Indexes;
using EmbeddedMongo.Query;
using EmbeddedMongo.Query.Matching;
using EmbeddedMongo.Storage;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Planning;

/// <summary>
/// Chooses the access path of a query: by _id, by the index that the filter binds best, by several indexes for an <c>$or</c>, by an index
/// that provides the order, by intersecting several indexes, or by a collection scan. Uses fixed rules, not trial runs. Ties are broken by
/// counting a few keys.
/// </summary>
internal static class QueryPlanner
{
    private const int MaxIds = 200;

    public static AccessPath Plan(CollectionSnapshot snapshot, FindQuery query) =>
        Plan(snapshot, query.Filter, query.Sort, query.Hint, query.Limit > 0 ? query.Skip + query.Limit : 0);

    /// <param name="limit">Number of documents to find, or 0 for all.</param>
    public static AccessPath Plan(
        CollectionSnapshot snapshot,
        MatchExpression filter,
        SortSpec? sort = null,
        BsonValue? hint = null,
        long limit = 0
    )
    {
        var conjunction = new Conjunction(filter);
        if (hint is not null and not BsonDocument { ElementCount: 0 })
            return PlanHinted(snapshot.State, conjunction, sort, hint);

        if (conjunction.AlwaysFalse)
            return new EmptyPath { ProvidesSort = true, CoversFilter = true };

        if (sort is { Natural: not 0 })
            return new CollectionScanPath(sort.Natural < 0) { ProvidesSort = true };

        var idIndex = snapshot.State.IdIndex;
        if (FindId(conjunction, idIndex) is { } id)
        {
            return new IdPath(idIndex, id)
            {
                ProvidesSort = true,
                CoversFilter = conjunction is { Conditions.Count: 1, Opaque: 0, Alternatives.Count: 0 },
            };
        }

        var ordered = sort is { Fields.Count: > 0 } ? sort : null;
        if (HasFewIds(conjunction, idIndex))
            return IndexBinder.Bind(idIndex, conjunction, ordered)!;

        var candidates = new List<IndexPath>();
        foreach (var index in snapshot.State.Indexes)
        {
            if (
                !index.Hidden
                && IndexBinder.Bind(index, conjunction, ordered) is { } path
                && (path.Bounds.Any(b => !b.IsAll && IsLeading(path, b)) || path.ProvidesSort)
            )
            {
                candidates.Add(path);
            }
        }

        var best = Choose(snapshot, candidates);
        if (best is null || best.Bounds[0].IsAll)
        {
            // No leading field is bound. One index per $or branch is better, if every branch has one.
            if (PlanAlternatives(snapshot, conjunction) is { } or)
                return or;
        }

        if (
            best is not null
            && IntersectionPlanner.Plan(snapshot, conjunction, Rank(candidates, first: best), ordered is not null, limit)
                is { } intersection
        )
        {
            return intersection;
        }

        return best
            ?? (AccessPath)new CollectionScanPath(Backward: false) { ProvidesSort = ordered is null, CoversFilter = IsEmpty(conjunction) };
    }

    /// <summary>Returns the key of the _id if the query is only an equality on _id without a hint, or null otherwise.</summary>
    public static BsonValue? GetPointId(FindQuery query, IndexSpec idIndex) =>
        query is { Hint: null, Filter: PathExpression condition } ? GetId(condition, idIndex) : null;

    private static bool IsLeading(IndexPath path, FieldBounds bounds) => ReferenceEquals(path.Bounds[0], bounds);

    private static bool IsEmpty(Conjunction filter) => filter is { Opaque: 0, Alternatives.Count: 0, Conditions.Count: 0 };

    private static BsonValue? FindId(Conjunction filter, IndexSpec idIndex)
    {
        foreach (var condition in filter.Conditions)
        {
            if (GetId(condition, idIndex) is { } id)
                return id;
        }

        return null;
    }

    private static BsonValue? GetId(PathExpression condition, IndexSpec idIndex) =>
        condition is ComparisonExpression { Path: "_id", Operator: ComparisonOperator.Eq, Value: not BsonArray and not BsonNull } equal
        && equal.CanUse(idIndex.Collation)
            ? equal.Key
            : null;

    /// <summary>Returns whether the filter lists so few values of _id that no other index can be better.</summary>
    private static bool HasFewIds(Conjunction filter, IndexSpec idIndex) =>
        filter.Conditions.Exists(condition =>
            condition is InExpression { Path: "_id", Values.Length: <= MaxIds, Regexes.Length: 0 } && condition.CanUse(idIndex.Collation)
        );

    private static IndexPath? Choose(CollectionSnapshot snapshot, List<IndexPath> candidates)
    {
        if (candidates.Count <= 1)
            return candidates.FirstOrDefault();

        var ranked = Rank(candidates);
        var tied = ranked.Where(path => Score(path) == Score(ranked[0])).ToList();
        return tied.Count == 1 || tied.TrueForAll(path => path.Bounds[0].IsAll)
            ? ranked[0]
            : tied.MinBy(path => KeyEstimate.Count(snapshot, path));
    }

    private static List<IndexPath> Rank(List<IndexPath> candidates, IndexPath? first = null) =>
        candidates
            .OrderByDescending(path => ReferenceEquals(path, first))
            .ThenByDescending(Score)
            .ThenBy(path => path.Index.FieldCount)
            .ThenBy(path => path.Index.IsMultikey)
            .ToList();

    private static int Score(IndexPath path)
    {
        if (path.IsUniquePoint)
            return 10_000;

        var points = path.PointFields;
        var range = points < path.Bounds.Length && !path.Bounds[points].IsAll ? 1 : 0;
        return (points * 100) + (range * 50) + (path.ProvidesSort ? 30 : 0) + (path.CoversFilter ? 5 : 0);
    }

    private static OrPath? PlanAlternatives(CollectionSnapshot snapshot, Conjunction filter)
    {
        foreach (var or in filter.Alternatives)
        {
            var branches = new List<AccessPath>();
            foreach (var child in or.Children)
            {
                var branch = Plan(snapshot, child);
                if (branch is CollectionScanPath)
                    break;

                branches.Add(branch);
            }

            if (branches.Count == or.Children.Length)
            {
                return new OrPath([.. branches])
                {
                    CoversFilter =
                        filter is { Opaque: 0, Conditions.Count: 0, Alternatives.Count: 1 }
                        && branches.TrueForAll(branch => branch.CoversFilter),
                };
            }
        }

        return null;
    }

    private static AccessPath PlanHinted(CollectionState state, Conjunction filter, SortSpec? sort, BsonValue hint)
    {
        if (hint is BsonDocument { ElementCount: 1 } natural && natural.GetElement(0).Name == "$natural")
        {
            return new CollectionScanPath(IsBackward(natural[0])) { ProvidesSort = sort is null, CoversFilter = IsEmpty(filter) };
        }

        var indexes = hint switch
        {
            BsonString name => state.Indexes.Where(candidate => candidate.Name == name.Value && !candidate.Hidden).ToList(),
            BsonDocument pattern => state.FindIndexes(pattern).FindAll(candidate => !candidate.Hidden),
            _ => throw MongoErrorException.FailedToParse("hint must be either a string or nested object"),
        };
        return indexes.Count switch
        {
            0 => throw MongoErrorException.BadValue(
                "error processing query: planner returned error :: caused by :: hint provided does not correspond to an existing index"
            ),
            1 => IndexBinder.Bind(indexes[0], filter, sort is { Fields.Count: > 0 } ? sort : null, hinted: true)!,
            _ => throw MongoErrorException.BadValue(
                $"Hint matched multiple indexes, must hint by index name. Matched: {indexes[0].Definition} and {indexes[1].Definition}"
            ),
        };
    }

    private static bool IsBackward(BsonValue natural) =>
        BsonNumbers.TryToInt64(natural, out var direction) && direction is 1 or -1
            ? direction < 0
            : throw MongoErrorException.BadValue("$natural hint cannot be set to a value other than -1 or 1.");
}
