using OpenTelemetry.Trace;

namespace MovieLms.ServiceDefaults.Redis;

/// <summary>Traces Redis commands under the spans that caused them (docs/adr/0009).</summary>
internal static class RedisTracing
{
    private const string ConventionsVariable = "OTEL_SEMCONV_STABILITY_OPT_IN";

    /// <summary>The maximum delay between a command and its span.</summary>
    private static readonly TimeSpan FlushInterval = TimeSpan.FromSeconds(2);

    /// <remarks>
    /// Uses neither a filter nor enrichment. With either, the package keeps a span's commands in memory until the span ends, and
    /// the span of a chat connection lasts for hours. Commands without a span become root spans, which <c>PollingSampler</c> drops.
    /// </remarks>
    internal static TracerProviderBuilder AddRedisTracing(this TracerProviderBuilder tracing)
    {
        // Selects the stable attribute names (server.address, db.operation.name). The package reads only the environment variable.
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
