using EmbeddedMongo.Indexes;
using MongoDB.Bson;

namespace EmbeddedMongo.Planning;

/// <summary>How documents are found before the filter's remainder is asked of them.</summary>
internal abstract record AccessPath
{
    /// <summary>The documents come in the order that was asked for.</summary>
    public bool ProvidesSort { get; init; }

    /// <summary>Every document found satisfies the filter.</summary>
    public bool CoversFilter { get; init; }
}

/// <summary>Every document in storage order (COLLSCAN).</summary>
internal sealed record CollectionScanPath(bool Backward) : AccessPath;

/// <summary>Nothing can match (EOF).</summary>
internal sealed record EmptyPath : AccessPath;

/// <summary>One document by its _id (IDHACK).</summary>
internal sealed record IdPath(IndexSpec Index, BsonValue Id) : AccessPath;

/// <summary>Ranges of one index (IXSCAN), the documents fetched by record (FETCH).</summary>
internal sealed record IndexPath(IndexSpec Index, FieldBounds[] Bounds, bool Backward) : AccessPath
{
    /// <summary>More combinations of points than this are not spelled out: the later fields are left to the filter.</summary>
    private const int MaxRanges = 20_000;

    /// <summary>Leading fields that are bound to points.</summary>
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

    /// <summary>Exactly one key can match: all fields of a unique index are bound to one point each.</summary>
    public bool IsUniquePoint => Index.Unique && PointFields == Bounds.Length && Bounds.All(bounds => bounds.IsSinglePoint);

    /// <summary>
    /// The ranges of keys, half-open, in index order; and how many fields they use: the first field that is not bound to points ends the
    /// prefix.
    /// </summary>
    public List<(byte[] From, byte[] To)> Ranges(out int usedFields)
    {
        var prefixes = new List<byte[]> { Array.Empty<byte>() };
        for (usedFields = 0; usedFields < Bounds.Length; usedFields++)
        {
            var bounds = Bounds[usedFields];
            var descending = Index.Descending[usedFields];
            if (!bounds.ArePoints || (long)prefixes.Count * bounds.Intervals.Count > MaxRanges)
            {
                var open = (long)prefixes.Count * bounds.Intervals.Count > MaxRanges ? FieldBounds.All : bounds;
                usedFields += ReferenceEquals(open, bounds) ? 1 : 0;
                return prefixes
                    .SelectMany(prefix =>
                        InOrder(open, descending)
                            .Select(interval =>
                                (From: Join(prefix, Start(interval, descending)), To: Join(prefix, Stop(interval, descending)))
                            )
                    )
                    .ToList();
            }

            prefixes = prefixes
                .SelectMany(prefix => InOrder(bounds, descending).Select(point => Join(prefix, Start(point, descending))))
                .ToList();
        }

        return prefixes.ConvertAll(prefix => (prefix, Join(prefix, [0xFF])));
    }

    private static IEnumerable<Interval> InOrder(FieldBounds bounds, bool descending) =>
        descending ? bounds.Intervals.Reverse() : bounds.Intervals;

    private static byte[] Start(Interval interval, bool descending) => descending ? interval.High.Descending : interval.Low.Ascending;

    private static byte[] Stop(Interval interval, bool descending) => descending ? interval.Low.Descending : interval.High.Ascending;

    private static byte[] Join(byte[] prefix, byte[] field) => [.. prefix, .. field];
}

/// <summary>Several paths, one for each branch of an <c>$or</c>; a document found twice counts once.</summary>
internal sealed record OrPath(AccessPath[] Branches) : AccessPath;
