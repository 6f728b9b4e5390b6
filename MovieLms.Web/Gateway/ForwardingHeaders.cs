using MovieLms.ServiceDefaults.Hardening;
using MovieLms.Web.Access;
using Yarp.ReverseProxy.Transforms;

namespace MovieLms.Web.Gateway;

/// <summary>
/// Replaces the client's forwarding headers with the address of the gateway's own connection. Behind a configured proxy
/// (<c>ForwardedHeaders:Proxies</c>), the connection already has the client's address at this point.
/// </summary>
/// <param name="isTrusted">False for a program that must receive neither the client's address nor its credentials.</param>
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
        ClientHeaders.Add(context.HttpContext, headers);
        if (request.Host.HasValue)
            headers.TryAddWithoutValidation("X-Forwarded-Host", request.Host.ToUriComponent());
        return ValueTask.CompletedTask;
    }
}
