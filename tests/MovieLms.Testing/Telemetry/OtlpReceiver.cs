using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MovieLms.Testing.Telemetry;

/// <summary>A span as exported.</summary>
/// <param name="Service">The service name.</param>
/// <param name="Name">The operation name.</param>
/// <param name="TraceId">The trace ID in hexadecimal.</param>
/// <param name="SpanId">The span ID in hexadecimal.</param>
/// <param name="ParentId">The ID of the parent span in hexadecimal; empty for a root span.</param>
/// <param name="Instance">The service instance ID.</param>
/// <param name="Start">The start time in nanoseconds since 1970.</param>
/// <param name="End">The end time in nanoseconds since 1970.</param>
/// <param name="IsError">True if the status is an error.</param>
/// <param name="Attributes">The attributes by name. Numbers are in decimal.</param>
public sealed record ReceivedSpan(
    string Service,
    string Name,
    string TraceId,
    string SpanId,
    string ParentId,
    string Instance,
    ulong Start,
    ulong End,
    bool IsError,
    IReadOnlyDictionary<string, string> Attributes
);

/// <summary>A log record as exported. The attributes include those of its scopes.</summary>
public sealed record ReceivedLog(string Service, string TraceId, string Text, IReadOnlyDictionary<string, string> Attributes);

/// <summary>
/// Receives OTLP over HTTP with Protocol Buffers
/// (https://opentelemetry.io/docs/specs/otlp/#otlphttp; the field numbers are those of opentelemetry-proto 1.x).
/// </summary>
public sealed class OtlpReceiver : IAsyncDisposable
{
    private const ulong ErrorStatus = 2;
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<byte[]> _bodies = new();

    private OtlpReceiver(WebApplication app) => _app = app;

    public ConcurrentQueue<ReceivedSpan> Spans { get; } = new();

    public ConcurrentQueue<ReceivedLog> Logs { get; } = new();

    public ConcurrentDictionary<(string Service, string Metric), bool> Metrics { get; } = new();

    /// <summary>Environment variables that make a service export to this receiver at short intervals.</summary>
    public IReadOnlyDictionary<string, string?> Environment =>
        new Dictionary<string, string?>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = _app.Urls.First(),
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
            ["OTEL_BLRP_SCHEDULE_DELAY"] = "200",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "1000",
        };

    public static async Task<OtlpReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var receiver = new OtlpReceiver(app);
        receiver.Map("/v1/traces", receiver.AddSpans);
        receiver.Map("/v1/metrics", receiver.AddMetrics);
        receiver.Map("/v1/logs", receiver.AddLogs);
        await app.StartAsync();
        return receiver;
    }

    /// <summary>Returns whether a text was exported in any field.</summary>
    public bool HasExported(string text)
    {
        var wanted = Encoding.UTF8.GetBytes(text);
        return _bodies.Any(body => body.AsSpan().IndexOf(wanted) >= 0);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private void Map(string path, Action<Protobuf> add) =>
        _app.MapPost(
            path,
            async (HttpContext http) =>
            {
                using var body = new MemoryStream();
                await http.Request.Body.CopyToAsync(body, http.RequestAborted);
                _bodies.Enqueue(body.ToArray());
                add(new Protobuf(body.ToArray()));
                http.Response.ContentType = "application/x-protobuf";
            }
        );

    private void AddSpans(Protobuf request)
    {
        foreach (var resource in request.Messages(1))
        {
            foreach (var span in resource.Messages(2).SelectMany(scope => scope.Messages(2)))
            {
                Spans.Enqueue(
                    new ReceivedSpan(
                        Service(resource),
                        span.Text(5)!,
                        span.Hex(1),
                        span.Hex(2),
                        span.Hex(4),
                        Attribute(resource, "service.instance.id"),
                        span.Fixed(7),
                        span.Fixed(8),
                        span.Messages(15).Any(status => status.Integer(3) == ErrorStatus),
                        Attributes(span.Messages(9))
                    )
                );
            }
        }
    }

    private void AddMetrics(Protobuf request)
    {
        foreach (var resource in request.Messages(1))
        {
            foreach (var metric in resource.Messages(2).SelectMany(scope => scope.Messages(2)))
                Metrics[(Service(resource), metric.Text(1)!)] = true;
        }
    }

    private void AddLogs(Protobuf request)
    {
        foreach (var resource in request.Messages(1))
        {
            foreach (var record in resource.Messages(2).SelectMany(scope => scope.Messages(2)))
            {
                Logs.Enqueue(
                    new ReceivedLog(
                        Service(resource),
                        record.Hex(9),
                        record.Messages(5).FirstOrDefault()?.Text(1) ?? string.Empty,
                        Attributes(record.Messages(6))
                    )
                );
            }
        }
    }

    private static Dictionary<string, string> Attributes(IEnumerable<Protobuf> pairs)
    {
        var attributes = new Dictionary<string, string>();
        foreach (var pair in pairs)
        {
            if (pair.Messages(2).FirstOrDefault() is { } value)
                attributes[pair.Text(1)!] = value.Text(1) ?? value.Integer(3).ToString(CultureInfo.InvariantCulture);
        }

        return attributes;
    }

    private static string Service(Protobuf resource) => Attribute(resource, "service.name");

    private static string Attribute(Protobuf resource, string name) =>
        resource
            .Messages(1)
            .SelectMany(attributes => attributes.Messages(1))
            .FirstOrDefault(attribute => attribute.Text(1) == name)
            ?.Messages(2)
            .First()
            .Text(1)
        ?? string.Empty;
}
