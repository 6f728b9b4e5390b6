using EmbeddedMongo.Query.Matching;
using MongoDB.Bson;

namespace EmbeddedMongo.Planning;

/// <summary>
/// A query's plan in the format of MongoDB's explain (manual: "Explain Results"). Given completed <see cref="FindRows"/>, it includes the
/// actual counters of each stage.
/// </summary>
internal sealed class PlanDescription(FindQuery query, AccessPath path, BsonDocument filter, BsonDocument? sort, BsonDocument? projection)
{
    /// <summary>Returns the chain of stages, outermost first. Includes counters if <paramref name="rows"/> is not null.</summary>
    public BsonDocument GetStages(FindRows? rows)
    {
        var stage = Access(rows);
        var isSorted = path.ProvidesSort && rows?.SortsInMemory != true;
        if (!isSorted && query.Sort is { Fields.Count: > 0 })
        {
            var sorting = new BsonDocument
            {
                { "stage", "SORT" },
                { "sortPattern", sort },
                { "type", "simple" },
                { "memLimit", 104857600 },
            };
            if (query.Limit > 0)
                sorting.Add("limitAmount", query.Limit + query.Skip);

            stage = Over(
                sorting,
                stage,
                rows?.Matched is { } matched && query.Limit > 0 ? Math.Min(matched, query.Limit + query.Skip) : rows?.Matched
            );
        }

        if (query.Skip > 0 && !FindRows.SkipsKeys(query, path))
            stage = Skip(stage, rows);

        if (query.Limit > 0 && (isSorted || query.Sort is not { Fields.Count: > 0 }))
            stage = Over(new BsonDocument { { "stage", "LIMIT" }, { "limitAmount", query.Limit } }, stage, rows?.Returned);

        if (query.Projection is { IsIdentity: false } && projection is not null)
        {
            var simple = projection.All(field =>
                !field.Name.Contains('.', StringComparison.Ordinal) && (field.Value.IsNumeric || field.Value.IsBoolean)
            );
            stage = Over(
                new BsonDocument { { "stage", simple ? "PROJECTION_SIMPLE" : "PROJECTION_DEFAULT" }, { "transformBy", projection } },
                stage,
                rows?.Returned
            );
        }

        return stage;
    }

    /// <summary>Returns an index scan stage (IXSCAN) with the bounds of every field.</summary>
    public static BsonDocument DescribeIndexScan(IndexPath path, string name = "IXSCAN")
    {
        var used = path.UsedFields;
        var bounds = new BsonDocument();
        for (var i = 0; i < path.Bounds.Length; i++)
        {
            var intervals = i < used ? path.Bounds[i].Intervals : FieldBounds.All.Intervals;
            var backward = path.Backward != path.Index.Descending[i];
            var texts = intervals.Select(interval => backward ? Reverse(interval.Text) : interval.Text);
            bounds.Add(path.Index.Paths[i].Path, new BsonArray(backward ? texts.Reverse() : texts));
        }

        return new BsonDocument
        {
            { "stage", name },
            { "keyPattern", path.Index.KeyPattern },
            { "indexName", path.Index.Name },
            { "collation", path.Index.Collation?.Document, path.Index.Collation is not null },
            { "isMultiKey", path.Index.IsMultikey },
            {
                "multiKeyPaths",
                new BsonDocument(
                    path.Index.Paths.Select((p, i) => new BsonElement(p.Path, path.Index.Multikey[i] ? [p.Path] : new BsonArray()))
                )
            },
            { "isUnique", path.Index.Unique },
            { "isSparse", path.Index.Sparse },
            { "isPartial", path.Index.PartialFilter is not null },
            { "indexVersion", 2 },
            { "direction", path.Backward ? "backward" : "forward" },
            { "indexBounds", bounds },
        };
    }

    private BsonDocument Access(FindRows? rows)
    {
        switch (path)
        {
            case CollectionScanPath scan:
                var collscan = new BsonDocument("stage", "COLLSCAN");
                if (!path.CoversFilter && query.Filter is not AlwaysTrueExpression)
                    collscan.Add("filter", filter);

                Count(collscan, rows?.Matched, null, rows?.Scan.DocsExamined);
                return collscan.Add("direction", scan.Backward ? "backward" : "forward");
            case IdPath { CoversFilter: true }:
                return Count(new BsonDocument("stage", "IDHACK"), rows?.Matched, rows?.Scan.KeysExamined, rows?.Scan.DocsExamined);
            case IdPath id:
                return Fetch(Scan(new IndexPath(id.Index, [FieldBounds.Of([Interval.Point(id.Id)], true, true)], false), rows?.Scan), rows);
            case IndexPath index when FindRows.SkipsKeys(query, path):
                var keys = Count(DescribeIndexScan(index), rows?.Matched, rows?.Scan.KeysExamined, null);
                return Count(new BsonDocument("stage", "FETCH"), rows?.Returned, null, rows?.Scan.DocsExamined)
                    .Add("inputStage", Skip(keys, rows));
            case IndexPath index:
                return Fetch(Scan(index, rows?.Scan), rows);
            case AndPath and:
                return Fetch(And(and, rows?.Scan as AndScan), rows);
            case OrPath or:
                var branches = (rows?.Scan as OrScan)?.Branches;
                var inputs = or.Branches.Select((branch, i) => Branch(branch, branches?[i]));
                var union = new BsonDocument { { "stage", "OR" }, { "inputStages", new BsonArray(inputs) } };
                return Fetch(Count(union, rows?.Scan.DocsExamined, null, null), rows);
            default:
                return Count(new BsonDocument("stage", "EOF"), rows?.Matched, null, null);
        }
    }

    private static BsonDocument Branch(AccessPath branch, DocumentScan? scan) =>
        branch switch
        {
            IndexPath index => Scan(index, scan),
            IdPath id => Scan(new IndexPath(id.Index, [FieldBounds.Of([Interval.Point(id.Id)], true, true)], false), scan),
            AndPath and => And(and, scan as AndScan),
            OrPath or => new BsonDocument
            {
                { "stage", "OR" },
                { "inputStages", new BsonArray(or.Branches.Select((inner, i) => Branch(inner, (scan as OrScan)?.Branches[i]))) },
            },
            _ => new BsonDocument("stage", "EOF"),
        };

    /// <summary>
    /// Returns the scans of the terms and the walk, whose order the intersection keeps. If the walk alone has found enough documents, it
    /// replaces the intersection.
    /// </summary>
    private static BsonDocument And(AndPath path, AndScan? scan)
    {
        var inputs =
            scan?.Terms.Select(term => Count(DescribeIndexScan(term.Path), term.Found, term.KeysExamined, null))
            ?? path.Terms.Select(term => DescribeIndexScan(term));
        if (path.Walk is { } walk)
        {
            var walked = Count(DescribeIndexScan(walk), scan?.WalkedKeys, scan?.WalkedKeys, null);
            if (scan is { IsIntersected: false })
                return walked;

            inputs = inputs.Append(walked);
        }

        var and = new BsonDocument { { "stage", "AND_HASH" }, { "inputStages", new BsonArray(inputs) } };
        return Count(and, scan?.DocsExamined, null, null);
    }

    private BsonDocument Skip(BsonDocument input, FindRows? rows) =>
        Over(new BsonDocument { { "stage", "SKIP" }, { "skipAmount", query.Skip } }, input, rows?.Returned);

    private BsonDocument Fetch(BsonDocument input, FindRows? rows)
    {
        var fetch = new BsonDocument("stage", "FETCH");
        if (!path.CoversFilter)
            fetch.Add("filter", filter);

        Count(fetch, rows?.Matched, null, rows?.Scan.DocsExamined);
        return fetch.Add("inputStage", input);
    }

    private static BsonDocument Scan(IndexPath index, DocumentScan? scan) =>
        Count(DescribeIndexScan(index), scan?.DocsExamined, scan?.KeysExamined, null);

    private static BsonDocument Over(BsonDocument stage, BsonDocument input, long? returned)
    {
        Count(stage, returned, null, null);
        return stage.Add("inputStage", input);
    }

    private static BsonDocument Count(BsonDocument stage, long? returned, long? keys, long? documents)
    {
        if (returned is { } n)
            stage.Add("nReturned", n);

        if (keys is { } k)
            stage.Add("keysExamined", k);

        if (documents is { } d)
            stage.Add("docsExamined", d);

        return stage;
    }

    private static string Reverse(string text)
    {
        var comma = text.LastIndexOf(", ", StringComparison.Ordinal);
        var open = text[^1] == ')' ? '(' : '[';
        var close = text[0] == '(' ? ')' : ']';
        return $"{open}{text[(comma + 2)..^1]}, {text[1..comma]}{close}";
    }
}
