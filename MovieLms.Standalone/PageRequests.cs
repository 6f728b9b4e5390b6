using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using MovieLms.Web.Access;

namespace MovieLms.Standalone;

/// <summary>
/// Requests of the pages to the services in the same process, over loopback. They carry a secret of this process, so that the API sees the
/// visitor's address and not this machine's. Without the secret, the headers of such a request mean nothing.
/// </summary>
internal sealed class PageRequests(IServer server, IHttpContextAccessor visitor)
{
    internal const string SecretHeader = "MovieLms-Page-Request";
    private const string ForHeader = "X-Forwarded-For";
    private const string ProtoHeader = "X-Forwarded-Proto";
    private readonly string _secret = RandomNumberGenerator.GetHexString(64);

    /// <summary>Returns an address of this process, without encryption if there is one.</summary>
    internal Uri GetAddress()
    {
        var urls = server.Features.Get<IServerAddressesFeature>()!.Addresses;
        var url = urls.FirstOrDefault(url => url.StartsWith("http://", StringComparison.OrdinalIgnoreCase)) ?? urls.First();
        return new Uri(ListenAddress.GetReachableUrl(url));
    }

    /// <summary>Marks a request of a page.</summary>
    internal void Mark(HttpRequestMessage request)
    {
        request.Headers.TryAddWithoutValidation(SecretHeader, _secret);
        // The host is the visitor's, because it is part of what makes a caller local.
        if (visitor.HttpContext?.Request.Host is { HasValue: true } host)
            request.Headers.Host = host.ToUriComponent();
    }

    /// <summary>Restores the visitor's address and scheme in a request of a page.</summary>
    internal void Restore(HttpContext context)
    {
        var headers = context.Request.Headers;
        if (!headers.Remove(SecretHeader, out var secret) || !IsSecret(secret.ToString()))
            return;
        if (headers.Remove(ForHeader, out var address) && IPAddress.TryParse(address.ToString(), out var visitorAddress))
            context.Connection.RemoteIpAddress = visitorAddress;
        if (headers.Remove(ProtoHeader, out var scheme) && scheme.ToString() is "https" or "http")
            context.Request.Scheme = scheme.ToString();
        // Such a request is never local: the page has decided already what a local visitor may do.
        headers.Via = "1.1 movielms";
    }

    private bool IsSecret(string text) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(text), Encoding.UTF8.GetBytes(_secret));
}

/// <summary>Adds <see cref="PageRequests"/>.</summary>
internal static class PageRequestExtensions
{
    internal static void AddPageRequests(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<PageRequests>();
        builder.Services.AddTransient<MarkingHandler>();
        foreach (var (name, _) in ServiceClients.All)
        {
            builder
                .Services.AddHttpClient(name)
                .ConfigureHttpClient((services, client) => client.BaseAddress = services.GetRequiredService<PageRequests>().GetAddress())
                .AddHttpMessageHandler<MarkingHandler>()
                .ConfigurePrimaryHttpMessageHandler(
                    (handler, _) =>
                    {
                        // The certificate is this process's own, and may have another name than the address.
                        if (handler is SocketsHttpHandler sockets)
                            sockets.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
                    }
                );
        }
    }

    /// <summary>Adds the middleware, which must come before all others.</summary>
    internal static void UsePageRequests(this WebApplication app)
    {
        var requests = app.Services.GetRequiredService<PageRequests>();
        app.Use(next =>
            context =>
            {
                if (context.Request.Headers.ContainsKey(PageRequests.SecretHeader))
                    requests.Restore(context);
                return next(context);
            }
        );
    }

    private sealed class MarkingHandler(PageRequests requests) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            requests.Mark(request);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
