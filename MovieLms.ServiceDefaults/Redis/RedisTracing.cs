using OpenTelemetry.Trace;

namespace MovieLms.ServiceDefaults.Redis;

/// <summary>Traces Redis commands under the spans that caused them (docs/adr/0009).</summary>
internal static class RedisTracing
{
    private const string ConventionsVariable = "OTEL_SEMCONV_STABILITY_OPT_IN";

    /// <summary>The longest time from a command to its span.</summary>
    private static readonly TimeSpan FlushInterval = TimeSpan.FromSeconds(2);

    /// <remarks>
    /// No filter and no enrichment: with either, the package keeps the commands of a span until the span ends, and the span of
    /// a chat connection lasts for hours. Commands without a span become root spans, which <c>PollingSampler</c> drops.
    /// </remarks>
    internal static TracerProviderBuilder AddRedisTracing(this TracerProviderBuilder tracing)
    {
        // The stable attribute names (server.address, db.operation.name). The package reads this from the environment only.
        if (Environment.GetEnvironmentVariable(ConventionsVariable) is null)
            Environment.SetEnvironmentVariable(ConventionsVariable, "database");
        return tracing.AddRedisInstrumentation(options =>
        {
            options.FlushInterval = FlushInterval;
            options.EnrichActivityWithTimingEvents = false;
            // Keys may name users.
            options.SetVerboseDatabaseStatements = false;
        });
    }
}
