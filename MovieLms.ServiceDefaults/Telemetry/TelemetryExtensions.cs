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
/// Exports logs, traces and metrics by OTLP if a collector is configured. Otherwise nothing is registered or measured.
/// </summary>
public static class TelemetryExtensions
{
    /// <summary>The standard variable that enables the export (OpenTelemetry specification, "OTLP exporter").</summary>
    private const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private const string ServiceNameVariable = "OTEL_SERVICE_NAME";
    private const string SamplerVariable = "OTEL_TRACES_SAMPLER";
    private const string SignalRSource = "Microsoft.AspNetCore.SignalR.Server";
    private const string ResetPath = "/api/auth/reset-password";
    private const string HiddenPath = ResetPath + "/{token}";

    /// <summary>Returns whether a collector is configured.</summary>
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
                // Aspire and operators set the service name by the standard variable. The default is the application's name.
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
                    .SetSampler(CreateSampler(builder.Configuration))
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
    /// Creates the sampler that the standard variables select, without background polling. Aspire sets them to sample everything.
    /// </summary>
    private static Sampler CreateSampler(IConfiguration configuration) =>
        configuration[SamplerVariable] switch
        {
            "always_off" or "parentbased_always_off" => new AlwaysOffSampler(),
            "traceidratio" or "parentbased_traceidratio" => new ParentBasedSampler(
                new PollingSampler(new TraceIdRatioBasedSampler(configuration.GetValue(SamplerVariable + "_ARG", 1.0)))
            ),
            _ => new ParentBasedSampler(new PollingSampler(new AlwaysOnSampler())),
        };

    /// <summary>Probes arrive every few seconds and would bury the traces of user requests.</summary>
    private static bool IsNotProbe(HttpContext context) =>
        !context.Request.Path.StartsWithSegments("/health") && !context.Request.Path.StartsWithSegments("/alive");

    /// <summary>Excludes the gateway's probes of each service instance.</summary>
    private static bool IsNotProbe(HttpRequestMessage request) => request.RequestUri?.AbsolutePath is not ("/health" or "/alive");

    /// <summary>Hides the only secret in an API path: the token of a password reset link.</summary>
    private static void HideToken(Activity activity, HttpRequest request)
    {
        if (request.Path.StartsWithSegments(ResetPath))
            activity.SetTag("url.path", HiddenPath);
    }

    /// <summary>Hides the token in the gateway's request to the API, which has the same path.</summary>
    private static void HideToken(Activity activity, HttpRequestMessage request)
    {
        if (request.RequestUri is { IsAbsoluteUri: true } uri && new PathString(uri.AbsolutePath).StartsWithSegments(ResetPath))
            activity.SetTag("url.full", uri.GetLeftPart(UriPartial.Authority) + HiddenPath);
    }
}
