using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
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

/// <summary>
/// Exports logs, traces and metrics by OTLP where a collector is configured. Without one, nothing is registered or measured.
/// </summary>
public static class TelemetryExtensions
{
    /// <summary>The standard variable (OpenTelemetry specification, "OTLP exporter") that turns the export on.</summary>
    private const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private const string ServiceNameVariable = "OTEL_SERVICE_NAME";
    private const string SamplerVariable = "OTEL_TRACES_SAMPLER";
    private const string SignalRSource = "Microsoft.AspNetCore.SignalR.Server";
    private const string ResetPath = "/api/auth/reset-password";
    private const string HiddenPath = ResetPath + "/{token}";

    /// <summary>Whether a collector is configured.</summary>
    public static bool IsTelemetryEnabled(this IConfiguration configuration) => !string.IsNullOrWhiteSpace(configuration[EndpointVariable]);

    internal static void AddTelemetry(this IHostApplicationBuilder builder)
    {
        if (!builder.Configuration.IsTelemetryEnabled())
            return;

        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.IncludeScopes = true;
        });
        builder.KeepTokensOutOfLogs();
        builder
            .Services.AddOpenTelemetry()
            .ConfigureResource(resource =>
            {
                // Aspire and operators name a service by the standard variable; else it is its program's name.
                if (string.IsNullOrEmpty(builder.Configuration[ServiceNameVariable]))
                    resource.AddService(builder.Environment.ApplicationName);
            })
            .WithMetrics(metrics =>
                metrics
                    .AddAspNetCoreInstrumentation()
                    .AddHttpClientInstrumentation()
                    .AddRuntimeInstrumentation()
                    .AddMeter(MovieLmsTelemetry.Name, FusionCacheDiagnostics.MeterName, "MongoDB.Driver")
            )
            .WithTracing(tracing =>
                tracing
                    .SetSampler(Sampler(builder.Configuration))
                    .AddProcessor<FailedPollProcessor>()
                    .AddSource(
                        MovieLmsTelemetry.Name,
                        builder.Environment.ApplicationName,
                        SignalRSource,
                        MongoTelemetry.ActivitySourceName,
                        FusionCacheDiagnostics.ActivitySourceName
                    )
                    .AddAspNetCoreInstrumentation(options =>
                    {
                        options.Filter = IsNotProbe;
                        options.EnrichWithHttpRequest = HideToken;
                    })
                    .AddHttpClientInstrumentation(options =>
                    {
                        options.FilterHttpRequestMessage = IsNotProbe;
                        options.EnrichWithHttpRequestMessage = HideToken;
                    })
            )
            .UseOtlpExporter();
    }

    /// <summary>
    /// The sampler that the standard variables ask for, without background polling. Aspire sets them to sample everything.
    /// </summary>
    private static Sampler Sampler(IConfiguration configuration) =>
        configuration[SamplerVariable] switch
        {
            "always_off" or "parentbased_always_off" => new AlwaysOffSampler(),
            "traceidratio" or "parentbased_traceidratio" => new ParentBasedSampler(
                new PollingSampler(new TraceIdRatioBasedSampler(configuration.GetValue(SamplerVariable + "_ARG", 1.0)))
            ),
            _ => new ParentBasedSampler(new PollingSampler(new AlwaysOnSampler())),
        };

    /// <summary>Probes come every few seconds and would bury the traces of people's requests.</summary>
    private static bool IsNotProbe(HttpContext context) =>
        !context.Request.Path.StartsWithSegments("/health") && !context.Request.Path.StartsWithSegments("/alive");

    /// <summary>The gateway probes each instance of each service.</summary>
    private static bool IsNotProbe(HttpRequestMessage request) => request.RequestUri?.AbsolutePath is not ("/health" or "/alive");

    /// <summary>One path of the contract holds a secret: a reset link's token.</summary>
    private static void HideToken(Activity activity, HttpRequest request)
    {
        if (request.Path.StartsWithSegments(ResetPath))
            activity.SetTag("url.path", HiddenPath);
    }

    /// <summary>The gateway's request to the API has the same path.</summary>
    private static void HideToken(Activity activity, HttpRequestMessage request)
    {
        if (request.RequestUri is { IsAbsoluteUri: true } uri && new PathString(uri.AbsolutePath).StartsWithSegments(ResetPath))
            activity.SetTag("url.full", uri.GetLeftPart(UriPartial.Authority) + HiddenPath);
    }
}
