using EmbeddedMongo.Indexes;
using EmbeddedMongo.Query.Matching;
using MongoDB.Bson;

namespace EmbeddedMongo.Planning;

/// <summary>A way to find candidate documents. Conditions it does not cover are checked on each document.</summary>
internal abstract record AccessPath
{
    /// <summary>Whether the documents are found in the requested sort order.</summary>
    public bool ProvidesSort { get; init; }

    /// <summary>Whether every document found satisfies the filter.</summary>
    public bool CoversFilter { get; init; }

    /// <summary>Counts the indexes of the path as used by a query.</summary>
    public virtual void CountUses() { }
}

/// <summary>A scan of all documents in storage order (COLLSCAN).</summary>
internal sealed record CollectionScanPath(bool Backward) : AccessPath
{
    /// <summary>The record to start after, which must still exist; 0 starts at the first one.</summary>
    public long After { get; init; }
}

/// <summary>An empty result: no document can match (EOF).</summary>
internal sealed record EmptyPath : AccessPath;

/// <summary>A lookup of one document by its _id (IDHACK).</summary>
internal sealed record IdPath(IndexSpec Index, BsonValue Id) : AccessPath
{
    public override void CountUses() => Index.Uses.Add();
}

/// <summary>A scan of ranges of one index (IXSCAN). Documents are fetched by record (FETCH).</summary>
internal sealed record IndexPath(IndexSpec Index, FieldBounds[] Bounds, bool Backward) : AccessPath
{
    /// <summary>Maximum number of point combinations to enumerate. Beyond it, the filter checks the remaining fields.</summary>
    private const int MaxRanges = 20_000;

    /// <summary>The conditions that the bounds express, although they may not imply them.</summary>
    public IReadOnlyList<PathExpression> Conditions { get; init; } = [];

    /// <summary>Number of leading fields that are bound to points.</summary>
    public int PointFields
    {
        get
        {
            var count = 0;
            while (count < Bounds.Length && Bounds[count].ArePoints)
                count++;

            return count;
        }
    }

    /// <summary>Whether at most one key can match: all fields of a unique index are bound to one point each.</summary>
    public bool IsUniquePoint => Index.Unique && PointFields == Bounds.Length && Bounds.All(bounds => bounds.IsSinglePoint);

    /// <summary>
    /// Number of leading fields whose bounds limit the scan. The first field that is not bound to points is the last one.
    /// </summary>
    public int UsedFields
    {
        get
        {
            var ranges = 1L;
            for (var i = 0; i < Bounds.Length; i++)
            {
                ranges *= Bounds[i].Intervals.Count;
                if (ranges > MaxRanges)
                    return i;

                if (!Bounds[i].ArePoints)
                    return i + 1;
            }

            return Bounds.Length;
        }
    }

    public override void CountUses() => Index.Uses.Add();

    /// <summary>Returns the half-open key ranges in index order, each of them after <paramref name="prefix"/>.</summary>
    public List<(byte[] From, byte[] To)> GetRanges(byte[] prefix)
    {
        var prefixes = new List<byte[]> { prefix };
        var used = UsedFields;
        for (var field = 0; field < used; field++)
        {
            var descending = Index.Descending[field];
            var intervals = InOrder(Bounds[field], descending);
            if (!Bounds[field].ArePoints)
            {
                return prefixes
                    .SelectMany(start =>
                        intervals.Select(interval => (Join(start, Start(interval, descending)), Join(start, Stop(interval, descending))))
                    )
                    .ToList();
            }

            var next = new List<byte[]>(prefixes.Count * Bounds[field].Intervals.Count);
            foreach (var start in prefixes)
            {
                foreach (var point in intervals)
                    next.Add(Join(start, Start(point, descending)));
            }

            prefixes = next;
        }

        return prefixes.ConvertAll(start => (start, Join(start, [0xFF])));
    }

    private static IEnumerable<Interval> InOrder(FieldBounds bounds, bool descending) =>
        descending ? bounds.Intervals.Reverse() : bounds.Intervals;

    private static byte[] Start(Interval interval, bool descending) => descending ? interval.High.Descending : interval.Low.Ascending;

    private static byte[] Stop(Interval interval, bool descending) => descending ? interval.Low.Descending : interval.High.Ascending;

    private static byte[] Join(byte[] prefix, byte[] field) => [.. prefix, .. field];
}

/// <summary>
/// Several index scans. Each of them finds every document that matches, so matching documents are in the intersection (AND_HASH). With
/// <see cref="Walk"/>, an index that provides the order is walked first, and the others are read only if that finds too few documents
/// for <see cref="Limit"/>.
/// </summary>
internal sealed record AndPath(IndexPath[] Terms, IndexPath? Walk, long Limit) : AccessPath
{
    public override void CountUses()
    {
        foreach (var path in Terms.Append(Walk).OfType<IndexPath>().DistinctBy(path => path.Index.Id))
            path.CountUses();
    }
}

/// <summary>One path for each branch of an <c>$or</c>. A document found by several branches is returned once.</summary>
internal sealed record OrPath(AccessPath[] Branches) : AccessPath
{
    public override void CountUses()
    {
        foreach (var branch in Branches)
            branch.CountUses();
    }
}
