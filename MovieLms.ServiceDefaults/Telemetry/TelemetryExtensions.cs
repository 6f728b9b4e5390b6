using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MongoDB.Driver;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using ZiggyCreatures.Caching.Fusion;

namespace MovieLms.ServiceDefaults.Telemetry;

/// <summary>Logs, traces and metrics by OTLP, where a collector is named; nothing is measured where nobody listens.</summary>
internal static class TelemetryExtensions
{
    /// <summary>The standard variable (OpenTelemetry specification, "OTLP exporter") that turns the export on.</summary>
    internal const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private const string ServiceNameVariable = "OTEL_SERVICE_NAME";
    private const string ResetPath = "/api/auth/reset-password";

    internal static void AddTelemetry(this IHostApplicationBuilder builder)
    {
        if (string.IsNullOrWhiteSpace(builder.Configuration[EndpointVariable])) return;

        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.IncludeScopes = true;
        });
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource =>
            {
                // Aspire and operators name a service by the standard variable; else it is its program's name.
                if (string.IsNullOrEmpty(builder.Configuration[ServiceNameVariable])) resource.AddService(builder.Environment.ApplicationName);
            })
            .WithMetrics(metrics => metrics
                .AddAspNetCoreInstrumentation()
                .AddHttpClientInstrumentation()
                .AddRuntimeInstrumentation()
                .AddMeter(MovieLmsTelemetry.Name, FusionCacheDiagnostics.MeterName, "MongoDB.Driver"))
            .WithTracing(tracing => tracing
                .AddSource(
                    MovieLmsTelemetry.Name, builder.Environment.ApplicationName, RedisTracing.SourceName,
                    MongoTelemetry.ActivitySourceName, FusionCacheDiagnostics.ActivitySourceName)
                .AddAspNetCoreInstrumentation(options =>
                {
                    options.Filter = IsNotProbe;
                    options.EnrichWithHttpRequest = HideToken;
                })
                .AddHttpClientInstrumentation(options => options.FilterHttpRequestMessage = IsNotProbe))
            .UseOtlpExporter();
    }

    /// <summary>Probes come every few seconds and would bury the traces of people's requests.</summary>
    private static bool IsNotProbe(HttpContext context) =>
        !context.Request.Path.StartsWithSegments("/health") && !context.Request.Path.StartsWithSegments("/alive");

    /// <summary>The gateway probes each instance of each service.</summary>
    private static bool IsNotProbe(HttpRequestMessage request) => request.RequestUri?.AbsolutePath is not ("/health" or "/alive");

    /// <summary>One path of the contract holds a secret: a reset link's token.</summary>
    private static void HideToken(Activity activity, HttpRequest request)
    {
        if (request.Path.StartsWithSegments(ResetPath)) activity.SetTag("url.path", ResetPath + "/{token}");
    }
}
