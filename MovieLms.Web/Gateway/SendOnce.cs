using System.Net;
using Yarp.ReverseProxy.Forwarder;

namespace MovieLms.Web.Gateway;

/// <summary>Makes the HTTP clients of the proxy send a write at most once.</summary>
internal sealed class SendOnceClientFactory(ILogger<ForwarderHttpClientFactory> logger) : ForwarderHttpClientFactory(logger)
{
    /// <summary>A reachable host accepts a connection at once; waiting longer only delays the 502.</summary>
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Picks up DNS changes where a service's name has one address that moves.</summary>
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);

    /// <inheritdoc/>
    protected override void ConfigureHandler(ForwarderHttpClientContext context, SocketsHttpHandler handler)
    {
        base.ConfigureHandler(context, handler);
        handler.ConnectTimeout = ConnectTimeout;
        handler.PooledConnectionLifetime = ConnectionLifetime;
    }

    /// <inheritdoc/>
    protected override HttpMessageHandler WrapHandler(ForwarderHttpClientContext context, HttpMessageHandler handler) =>
        new SendOnceHandler(handler);
}

/// <summary>
/// SocketsHttpHandler repeats a request whose kept-alive connection breaks before the response, whatever its method, unless
/// it has content that cannot be sent again. Proxied bodies cannot; this gives such content to a write that has none.
/// </summary>
internal sealed class SendOnceHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    /// <inheritdoc/>
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var isRead = request.Method == HttpMethod.Get || request.Method == HttpMethod.Head || request.Method == HttpMethod.Options;
        if (request.Content is null && !isRead)
            request.Content = new EmptyContent();
        return base.SendAsync(request, cancellationToken);
    }

    private sealed class EmptyContent : HttpContent
    {
        private bool _isSent;

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            if (_isSent)
                throw new InvalidOperationException("A write is sent once.");
            _isSent = true;
            return Task.CompletedTask;
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return true;
        }
    }
}
