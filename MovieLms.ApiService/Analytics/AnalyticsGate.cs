using MovieLms.ApiService.Http;

namespace MovieLms.ApiService.Analytics;

/// <summary>Limits how many analytics with custom parameters run concurrently, because each scans a whole collection.</summary>
internal sealed class AnalyticsGate() : WorkGate(MaxConcurrent, MaxWaiting, "Too many analytics are being computed.")
{
    /// <summary>A concurrency at which the database does not delay other queries.</summary>
    internal const int MaxConcurrent = 4;
    internal const int MaxWaiting = 128;
}
