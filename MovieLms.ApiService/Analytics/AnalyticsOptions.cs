using MovieLms.Data.Analytics;

namespace MovieLms.ApiService.Analytics;

/// <summary>Settings of the analytics, in the configuration section <c>Analytics</c>.</summary>
internal sealed class AnalyticsOptions
{
    internal const string Section = "Analytics";

    /// <summary>The maximum share of the time spent on computing an answer again while its data changes: 0.05 is 3 s per minute.</summary>
    public double MaxRefreshShare { get; set; } = 0.05;

    /// <summary>How long a request may wait for a new answer if there is an older one.</summary>
    public TimeSpan MaxWait { get; set; } = TimeSpan.FromMilliseconds(30);

    /// <summary>Returns the minimum time from one computation to the next.</summary>
    /// <param name="cost">How long the computation took.</param>
    internal TimeSpan GetInterval(TimeSpan cost)
    {
        var interval = cost / MaxRefreshShare;
        return interval < StoredAnswers.MaxInterval ? interval : StoredAnswers.MaxInterval;
    }
}
