using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace MovieLms.EndToEnd.Contract;

/// <summary>
/// A proxy in front of a server that compares every response with the document. Hub connections and pages pass through unchecked.
/// </summary>
internal sealed class ContractProxy : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, int> _operations = new();
    private readonly ConcurrentQueue<string> _differences = new();
    private readonly HttpMessageInvoker _client = new(
        new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
        }
    );
    private readonly WebApplication _app;
    private readonly Uri _server;
    private int _checked;

    private ContractProxy(Uri server)
    {
        _server = server;
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        builder.Logging.ClearProviders();
        builder.Services.AddHttpForwarder();
        _app = builder.Build();
        _app.UseWebSockets();
        _app.Run(ForwardAsync);
    }

    /// <summary>The address of the proxy.</summary>
    internal Uri Address => new(_app.Urls.First());

    /// <summary>The number of checked responses.</summary>
    internal int Checked => _checked;

    /// <summary>The IDs of the operations that were called.</summary>
    internal IEnumerable<string> Operations => _operations.Keys;

    /// <summary>What the document does not declare.</summary>
    internal IReadOnlyCollection<string> Differences => _differences;

    internal static async Task<ContractProxy> StartAsync(Uri server)
    {
        var proxy = new ContractProxy(server);
        await proxy._app.StartAsync();
        return proxy;
    }

    /// <summary>Reports the counts, and fails if there are differences.</summary>
    internal void AssertNone()
    {
        Figures.Report(
            $"{_checked} responses of {_operations.Count} operations, {_differences.Count} undeclared statuses, headers and bodies"
        );
        Assert.True(_differences.IsEmpty, string.Join('\n', _differences.Distinct().Order(StringComparer.Ordinal).Take(100)));
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _client.Dispose();
    }

    private async Task ForwardAsync(HttpContext http)
    {
        var forwarder = http.RequestServices.GetRequiredService<IHttpForwarder>();
        var operation = http.WebSockets.IsWebSocketRequest ? null : ApiContract.Current.Find(http.Request.Method, http.Request.Path);
        if (operation is null)
        {
            await forwarder.SendAsync(http, _server.ToString(), _client);
            return;
        }

        var original = http.Response.Body;
        using var body = new MemoryStream();
        http.Response.Body = body;
        var error = await forwarder.SendAsync(http, _server.ToString(), _client);
        http.Response.Body = original;
        // Tests end clients and servers in the middle of a response.
        if (error == ForwarderError.None)
            Check(operation, http.Response, body.ToArray());
        body.Position = 0;
        await body.CopyToAsync(original, http.RequestAborted);
    }

    private void Check(ApiOperation operation, HttpResponse response, byte[] body)
    {
        Interlocked.Increment(ref _checked);
        _operations.AddOrUpdate(operation.Id, 1, (_, count) => count + 1);
        var isReadable = response.Headers.ContentEncoding.Count == 0 && response.HttpContext.Request.Method != "HEAD";
        foreach (
            var difference in ApiContract.Current.FindDifferences(
                operation,
                response.StatusCode,
                response.Headers.Select(header => header.Key),
                response.ContentType,
                isReadable ? body : Array.Empty<byte>()
            )
        )
        {
            _differences.Enqueue($"{operation}: {difference}");
        }
    }
}
