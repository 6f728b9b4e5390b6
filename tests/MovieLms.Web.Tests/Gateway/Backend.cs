using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace MovieLms.Web.Tests.Gateway;

/// <summary>A request received by a service.</summary>
public sealed record ReceivedRequest(string Method, string Target, IReadOnlyDictionary<string, string> Headers, long BodyBytes);

/// <summary>A service behind the gateway that records the requests it receives.</summary>
public sealed class Backend : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<ReceivedRequest> _received = new();

    private Backend(WebApplication app, string address) => (_app, Address) = (app, address);

    /// <summary>The address that the service listens on.</summary>
    public string Address { get; }

    /// <summary>The requests received on paths other than <c>/health</c>.</summary>
    public IReadOnlyList<ReceivedRequest> Received => [.. _received];

    /// <summary>
    /// Starts a service, by default on a free port. If <paramref name="respond"/> is null, it reads the body and responds with 200.
    /// </summary>
    public static async Task<Backend> StartAsync(RequestDelegate? respond = null, string address = "http://127.0.0.1:0")
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add(address);
        Backend? backend = null;
        app.Run(async context =>
        {
            if (context.Request.Path == "/health")
            {
                await context.Response.WriteAsJsonAsync(new { status = "Healthy" });
                return;
            }
            await backend!.RecordAsync(context, respond);
        });
        await app.StartAsync();
        return backend = new Backend(app, app.Urls.First());
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task RecordAsync(HttpContext context, RequestDelegate? respond)
    {
        long bytes = 0;
        if (respond is null)
        {
            context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = null;
            var buffer = new byte[64 * 1024];
            for (int count; (count = await context.Request.Body.ReadAsync(buffer)) > 0; )
                bytes += count;
        }
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var headers = context.Request.Headers.ToDictionary(
            header => header.Key,
            header => $"{header.Value}",
            StringComparer.OrdinalIgnoreCase
        );
        _received.Enqueue(new ReceivedRequest(context.Request.Method, target, headers, bytes));
        if (respond is not null)
            await respond(context);
    }
}
