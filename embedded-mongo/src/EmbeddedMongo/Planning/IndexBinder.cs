using EmbeddedMongo.Indexes;
using EmbeddedMongo.Query;
using EmbeddedMongo.Query.Matching;

namespace EmbeddedMongo.Planning;

/// <summary>Binds the conditions of a filter to the fields of an index.</summary>
internal static class IndexBinder
{
    /// <summary>
    /// Returns null if the index cannot be used because it may lack matching documents. <paramref name="leading"/> is the condition to use
    /// for the first field if there are several.
    /// </summary>
    public static IndexPath? Bind(IndexSpec index, Conjunction filter, SortSpec? sort, bool hinted = false, PathExpression? leading = null)
    {
        if (!hinted && index.PartialFilter is { } partial && !PartialFilterImplication.Implies(filter, partial))
            return null;

        var consumed = new List<PathExpression>();
        var bounds = new FieldBounds[index.FieldCount];
        for (var i = 0; i < bounds.Length; i++)
            bounds[i] = SharesArray(index, i, bounds) ? FieldBounds.All : BindField(index, i, filter, consumed, i == 0 ? leading : null);

        if (!hinted && index.Sparse && !bounds.Any(field => field.ExcludesMissing))
            return null;

        var path = new IndexPath(index, bounds, Backward: false);
        var used = path.UsedFields;
        var boundAndUsed = bounds.Take(used).All(field => field.Exact) && bounds.Skip(used).All(field => field.IsAll);
        path = path with
        {
            Conditions = consumed,
            CoversFilter =
                boundAndUsed && filter.Opaque == 0 && filter.Alternatives.Count == 0 && consumed.Count == filter.Conditions.Count,
        };
        return sort is null || sort.Collation != index.Collation ? path : WithOrder(path, sort, used);
    }

    private static FieldBounds BindField(
        IndexSpec index,
        int field,
        Conjunction filter,
        List<PathExpression> consumed,
        PathExpression? preferred
    )
    {
        var name = index.Paths[field].Path;
        if (HasOffset(index, field))
            return FieldBounds.All;

        var result = FieldBounds.All;
        foreach (
            var condition in filter
                .Conditions.Where(c => c.Path == name)
                .OrderBy(c =>
                    c == preferred ? 0
                    : c is ComparisonExpression { Operator: ComparisonOperator.Eq } ? 1
                    : 2
                )
        )
        {
            if (filter.GetBounds(condition, index) is not { } bounds)
                continue;

            // Two conditions on an array may be satisfied by different elements, so only one of them may narrow the scan.
            if (result.IsAll || !index.Multikey[field])
            {
                result = result.IsAll ? bounds : result.Intersect(bounds);
                consumed.Add(condition);
            }
        }

        foreach (var (path, condition) in filter.Elements)
        {
            if (result.IsAll && path == name && filter.GetBounds(condition, index) is { } bounds)
            {
                result = FieldBounds.Of(bounds.Intervals, exact: false, bounds.ExcludesMissing);
                consumed.Add(condition);
            }
        }

        return result;
    }

    /// <summary>
    /// Returns whether an earlier bound field is also multikey. A key combines fields of one array element, but different elements may
    /// satisfy the conditions.
    /// </summary>
    private static bool SharesArray(IndexSpec index, int field, FieldBounds[] bounds)
    {
        if (!index.Multikey[field])
            return false;

        for (var earlier = 0; earlier < field; earlier++)
        {
            if (index.Multikey[earlier] && !bounds[earlier].IsAll)
                return true;
        }

        return false;
    }

    /// <summary>
    /// Returns whether the path has a numeric part, which may be an array index or a field name. Such index fields are not searched.
    /// </summary>
    private static bool HasOffset(IndexSpec index, int field)
    {
        var path = index.Paths[field];
        for (var part = 0; part < path.Length; part++)
        {
            if (path.OffsetAt(part) >= 0)
                return true;
        }

        return false;
    }

    /// <summary>
    /// Marks the path as sorted if the scan provides the sort. The sort must name the index's fields with all directions equal to the
    /// index's or all reversed. Fields that are bound to one point may be omitted.
    /// </summary>
    private static IndexPath WithOrder(IndexPath path, SortSpec sort, int used)
    {
        var backward = false;
        var decided = false;
        var field = 0;
        foreach (var wanted in sort.Fields)
        {
            if (IsFixed(path, wanted.Path))
                continue;

            while (field < used && path.Index.Paths[field].Path != wanted.Path && path.Bounds[field].IsSinglePoint)
                field++;

            if (field >= path.Bounds.Length || path.Index.Paths[field].Path != wanted.Path || path.Index.Multikey[field])
                return path;

            var reversed = wanted.Descending != path.Index.Descending[field];
            if (decided && reversed != backward)
                return path;

            (backward, decided) = (reversed, true);
            field++;
        }

        return path with
        {
            ProvidesSort = true,
            Backward = backward,
        };
    }

    /// <summary>Returns whether all documents found have the same value at the path, which then has no effect on the order.</summary>
    private static bool IsFixed(IndexPath path, string name)
    {
        for (var i = 0; i < path.PointFields; i++)
        {
            if (path.Index.Paths[i].Path == name)
                return path.Bounds[i].IsSinglePoint && !path.Index.Multikey[i] && path.Bounds[i].Exact;
        }

        return false;
    }
}
