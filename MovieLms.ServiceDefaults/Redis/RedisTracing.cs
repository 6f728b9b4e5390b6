using OpenTelemetry.Trace;

namespace MovieLms.ServiceDefaults.Redis;

/// <summary>Traces Redis commands under the spans that caused them (docs/adr/0009).</summary>
internal static class RedisTracing
{
    /// <summary>Spans appear at most this long after their commands.</summary>
    private static readonly TimeSpan FlushInterval = TimeSpan.FromSeconds(2);

    /// <remarks>
    /// No filter and no enrichment: with either, the package keeps the commands of a span until the span ends, and the span of
    /// a chat connection lasts for hours. Commands of no span become root spans, which <c>PollingSampler</c> drops.
    /// </remarks>
    internal static TracerProviderBuilder AddRedisTracing(this TracerProviderBuilder tracing) => tracing.AddRedisInstrumentation(options =>
    {
        options.FlushInterval = FlushInterval;
        options.EnrichActivityWithTimingEvents = false;
        // Keys may name users.
        options.SetVerboseDatabaseStatements = false;
    });
}
