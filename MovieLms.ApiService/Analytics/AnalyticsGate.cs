using MovieLms.ApiService.Http;

namespace MovieLms.ApiService.Analytics;

/// <summary>Limits how many analytics with parameters of the caller's own run at a time: each reads a whole collection.</summary>
internal sealed class AnalyticsGate() : WorkGate(MaxConcurrent, MaxWaiting, "Too many analytics are being computed.")
{
    /// <summary>The database works on as many at a time without making other queries wait.</summary>
    internal const int MaxConcurrent = 4;
    internal const int MaxWaiting = 128;
}
