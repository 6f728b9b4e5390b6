using System.Diagnostics.Metrics;
using MovieLms.ServiceDefaults.Telemetry;

namespace MovieLms.ServiceDefaults.Caching;

/// <summary>Measures cached responses (docs/telemetry.md).</summary>
internal static class CacheMetrics
{
    private static readonly Counter<long> Reads = MovieLmsTelemetry.Meter.CreateCounter<long>(
        "movielms.cache.reads",
        "{read}",
        "Reads of cached responses"
    );

    internal static void Read(bool isHit) => Reads.Add(1, new KeyValuePair<string, object?>("outcome", isHit ? "hit" : "miss"));
}
