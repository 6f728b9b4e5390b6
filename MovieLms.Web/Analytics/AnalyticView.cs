using MovieLms.Web.Analytics.Charts;

namespace MovieLms.Web.Analytics;

/// <summary>The result of an analytic, ready to be shown.</summary>
public sealed record AnalyticView(IReadOnlyList<Figure> Figures, IReadOnlyList<DataTable> Tables)
{
    /// <summary>The age of the result. Null if it was just computed.</summary>
    public TimeSpan? Age { get; init; }
}
