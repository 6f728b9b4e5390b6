namespace EmbeddedMongo.Planning;

/// <summary>
/// The values of one field that an index scan visits, as disjoint intervals in ascending order. <see cref="Exact"/> means that a document
/// has a key in them exactly when the condition holds, so the document need not be checked.
/// </summary>
internal sealed class FieldBounds
{
    private FieldBounds(IReadOnlyList<Interval> intervals, bool exact, bool excludesMissing)
    {
        Intervals = intervals;
        ArePoints = intervals.All(interval => interval.IsPoint);
        Exact = exact;
        ExcludesMissing = excludesMissing;
    }

    public static FieldBounds All { get; } = new([Interval.All], exact: true, excludesMissing: false);

    public IReadOnlyList<Interval> Intervals { get; }

    public bool Exact { get; }

    /// <summary>Whether a document without the field can never match. A sparse index is then complete for the condition.</summary>
    public bool ExcludesMissing { get; }

    public bool IsAll => ReferenceEquals(this, All);

    public bool ArePoints { get; }

    public bool IsSinglePoint => Intervals.Count == 1 && Intervals[0].IsPoint;

    public static FieldBounds Of(IEnumerable<Interval> intervals, bool exact, bool excludesMissing) =>
        new(Merge(intervals), exact, excludesMissing);

    public FieldBounds Union(FieldBounds other) =>
        Of(Intervals.Concat(other.Intervals), Exact && other.Exact, ExcludesMissing && other.ExcludesMissing);

    public FieldBounds Intersect(FieldBounds other)
    {
        var result = new List<Interval>();
        foreach (var a in Intervals)
        {
            foreach (var b in other.Intervals)
            {
                var both = Overlap(a, b);
                if (!both.IsEmpty)
                    result.Add(both);
            }
        }

        return new FieldBounds(result, Exact && other.Exact, ExcludesMissing || other.ExcludesMissing);
    }

    private static Interval Overlap(Interval a, Interval b)
    {
        if (a.IsPoint || b.IsPoint)
        {
            var (point, range) = a.IsPoint ? (a, b) : (b, a);
            return range.Low.CompareTo(point.Low) <= 0 && point.High.CompareTo(range.High) <= 0 ? point : point with { High = point.Low };
        }

        var lowFromA = a.Low.CompareTo(b.Low) >= 0;
        var highFromA = a.High.CompareTo(b.High) <= 0;
        var lowText = (lowFromA ? a : b).Text;
        var highText = (highFromA ? a : b).Text;
        var text = lowText == highText ? lowText : $"{lowText[..FindSeparator(lowText)]}{highText[FindSeparator(highText)..]}";
        return new Interval(lowFromA ? a.Low : b.Low, highFromA ? a.High : b.High, text);
    }

    // A text is "[low, high]". Values can contain commas, but range texts only have simple values.
    private static int FindSeparator(string text) => Math.Max(text.LastIndexOf(", ", StringComparison.Ordinal), 0);

    private static List<Interval> Merge(IEnumerable<Interval> intervals)
    {
        var sorted = intervals.Where(interval => !interval.IsEmpty).ToList();
        sorted.Sort(static (a, b) => a.Low.CompareTo(b.Low));
        var merged = new List<Interval>(sorted.Count);
        foreach (var interval in sorted)
        {
            if (merged.Count == 0 || interval.Low.CompareTo(merged[^1].High) >= 0)
            {
                merged.Add(interval);
            }
            else if (interval.High.CompareTo(merged[^1].High) > 0)
            {
                var last = merged[^1];
                merged[^1] = new Interval(
                    last.Low,
                    interval.High,
                    $"{last.Text[..FindSeparator(last.Text)]}{interval.Text[FindSeparator(interval.Text)..]}"
                );
            }
        }

        return merged;
    }
}
