using System.Net;
using Yarp.ReverseProxy.Forwarder;

namespace MovieLms.Web.Gateway;

/// <summary>Creates HTTP clients for the proxy that send a write at most once.</summary>
internal sealed class SendOnceClientFactory(ILogger<ForwarderHttpClientFactory> logger) : ForwarderHttpClientFactory(logger)
{
    /// <summary>A reachable host accepts a connection immediately. A longer timeout would only delay the 502.</summary>
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Limits how long a connection is reused, so that a changed DNS address of a service takes effect.</summary>
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
/// Adds non-repeatable empty content to a write without a body. If a keep-alive connection breaks before the response,
/// SocketsHttpHandler repeats a request of any method unless its content cannot be sent again, as is the case for proxied bodies.
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
                throw new InvalidOperationException("A write must not be sent twice.");
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
