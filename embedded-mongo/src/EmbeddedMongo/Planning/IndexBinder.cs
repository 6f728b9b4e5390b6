using EmbeddedMongo.Indexes;
using EmbeddedMongo.Query;
using EmbeddedMongo.Query.Matching;

namespace EmbeddedMongo.Planning;

/// <summary>Binds a filter's conditions to one index's fields, and tells what the result is good for.</summary>
internal static class IndexBinder
{
    /// <summary>Null when the index must not be used: it may lack documents that the filter asks for.</summary>
    public static IndexPath? Bind(IndexSpec index, Conjunction filter, SortSpec? sort, bool hinted = false)
    {
        if (!hinted && index.PartialFilter is { } partial && !PartialFilterImplication.Implies(filter, partial))
            return null;

        var consumed = 0;
        var bounds = new FieldBounds[index.FieldCount];
        for (var i = 0; i < bounds.Length; i++)
            bounds[i] = SharesArray(index, i, bounds) ? FieldBounds.All : BindField(index, i, filter, ref consumed);

        if (!hinted && index.Sparse && !bounds.Any(field => field.ExcludesMissing))
            return null;

        var path = new IndexPath(index, bounds, Backward: false);
        path.Ranges(out var used);
        var boundAndUsed = bounds.Take(used).All(field => field.Exact) && bounds.Skip(used).All(field => field.IsAll);
        path = path with
        {
            CoversFilter = boundAndUsed && filter.Opaque == 0 && filter.Alternatives.Count == 0 && consumed == filter.Conditions.Count,
        };
        return sort is null ? path : WithOrder(path, sort, used);
    }

    private static FieldBounds BindField(IndexSpec index, int field, Conjunction filter, ref int consumed)
    {
        var name = index.Paths[field].Path;
        if (HasOffset(index, field))
            return FieldBounds.All;

        var result = FieldBounds.All;
        foreach (
            var condition in filter
                .Conditions.Where(c => c.Path == name)
                .OrderBy(c => c is ComparisonExpression { Operator: ComparisonOperator.Eq } ? 0 : 1)
        )
        {
            if (BoundsBuilder.Build(condition) is not { } bounds)
                continue;

            // Two conditions on an array may be satisfied by two elements: only one of them may narrow the scan.
            if (result.IsAll || !index.Multikey[field])
            {
                result = result.IsAll ? bounds : result.Intersect(bounds);
                consumed++;
            }
        }

        foreach (var (path, condition) in filter.Elements)
        {
            if (result.IsAll && path == name && BoundsBuilder.Build(condition) is { } bounds)
                result = FieldBounds.Of(bounds.Intervals, exact: false, bounds.ExcludesMissing);
        }

        return result;
    }

    /// <summary>Keys of one array element belong together, but conditions may be satisfied by different elements.</summary>
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

    /// <summary>A numeric part of a path names an element or a field; such index fields are kept but not searched.</summary>
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
    /// A scan visits its ranges in the order of the index. So it provides a sort on the index's fields, all in its direction or all
    /// against it, where fields that are bound to one point may be left out.
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

    /// <summary>All documents found have one value there, so it does not order them.</summary>
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
