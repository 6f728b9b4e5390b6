using System.Diagnostics.Metrics;
using MovieLms.ServiceDefaults.Telemetry;

namespace MovieLms.ServiceDefaults.Caching;

/// <summary>Measures cached responses (docs/telemetry.md).</summary>
public static class CacheMetrics
{
    private static readonly Counter<long> Reads = MovieLmsTelemetry.Meter.CreateCounter<long>(
        "movielms.cache.reads",
        "{read}",
        "Reads of cached responses"
    );

    /// <summary>Counts a read.</summary>
    /// <param name="isHit">True if the response was stored.</param>
    public static void Read(bool isHit) => Reads.Add(1, new KeyValuePair<string, object?>("outcome", isHit ? "hit" : "miss"));
}
