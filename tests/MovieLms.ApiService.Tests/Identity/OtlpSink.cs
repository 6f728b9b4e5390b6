using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MovieLms.ApiService.Tests.Identity;

/// <summary>
/// A collector for OTLP over HTTP that stores the requests. Protobuf encodes strings as plain UTF-8, so tests can search for them.
/// </summary>
internal sealed class OtlpSink : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<(string Signal, string Content)> _received = new();

    private OtlpSink(WebApplication app) => _app = app;

    /// <summary>The settings that make a host export everything to this collector with little delay.</summary>
    internal Dictionary<string, string?> Settings =>
        new()
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = _app.Urls.First(),
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
            ["OTEL_BLRP_SCHEDULE_DELAY"] = "200",
            ["Logging:LogLevel:Default"] = "Information",
        };

    internal static async Task<OtlpSink> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var sink = new OtlpSink(app);
        app.MapPost("/v1/{signal}", sink.ReceiveAsync);
        await app.StartAsync();
        return sink;
    }

    /// <summary>Returns everything received for a signal ("traces", "logs" or "metrics"), decoded losslessly as Latin-1.</summary>
    internal string GetReceived(string signal) =>
        string.Concat(_received.Where(received => received.Signal == signal).Select(received => received.Content));

    private async Task<IResult> ReceiveAsync(string signal, HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        _received.Enqueue((signal, Encoding.Latin1.GetString(body.ToArray())));
        return Results.Bytes([], "application/x-protobuf");
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
