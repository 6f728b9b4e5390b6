using System.Net.Http.Headers;
using MovieLms.ServiceDefaults.Hardening;
using Yarp.ReverseProxy.Transforms;

namespace MovieLms.Web.Gateway;

/// <summary>
/// Tells the service which client asked, by the gateway's own connection, and drops what the client claims. A gateway behind a
/// configured proxy (<c>ForwardedHeaders:Proxies</c>) has the client's address on its connection by then.
/// </summary>
/// <param name="isTrusted">False for a program that needs neither the client's address nor its credentials.</param>
internal sealed class ForwardingHeaders(bool isTrusted) : RequestTransform
{
    private static readonly string[] Credentials = ["Authorization", "Cookie"];

    /// <inheritdoc/>
    public override ValueTask ApplyAsync(RequestTransformContext context)
    {
        var request = context.HttpContext.Request;
        var headers = context.ProxyRequest.Headers;
        foreach (var (name, _) in request.Headers)
        {
            if (LocalCaller.IsForwardingHeader(name))
                headers.Remove(name);
        }

        if (!isTrusted)
        {
            foreach (var name in Credentials)
                headers.Remove(name);
            return ValueTask.CompletedTask;
        }
        Describe(context.HttpContext, headers);
        if (request.Host.HasValue)
            Set(headers, "X-Forwarded-Host", request.Host.ToUriComponent());
        return ValueTask.CompletedTask;
    }

    /// <summary>
    /// Names the client and its scheme in a request to a service: in one that is proxied, or one that the gateway makes for it.
    /// </summary>
    internal static void Describe(HttpContext client, HttpRequestHeaders headers)
    {
        if (client.Connection.RemoteIpAddress is { } address)
            Set(headers, "X-Forwarded-For", (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString());
        Set(headers, "X-Forwarded-Proto", client.Request.Scheme);
    }

    private static void Set(HttpRequestHeaders headers, string name, string value) => headers.TryAddWithoutValidation(name, value);
}
