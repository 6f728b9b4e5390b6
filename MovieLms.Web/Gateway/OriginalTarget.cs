using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Transforms;

namespace MovieLms.Web.Gateway;

/// <summary>Sends the path and the query as the client wrote them: the proxy's own encoding turns <c>%2F</c> into <c>%252F</c>.</summary>
internal sealed class OriginalTarget : RequestTransform
{
    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    /// <inheritdoc/>
    public override ValueTask ApplyAsync(RequestTransformContext context)
    {
        // The origin form (RFC 9112, section 3.2.1); the others are left to the proxy.
        if (context.HttpContext.Features.Get<IHttpRequestFeature>()?.RawTarget is { } target && target.StartsWith('/'))
            context.ProxyRequest.RequestUri = new Uri(context.DestinationPrefix.TrimEnd('/') + target, AsWritten);
        return ValueTask.CompletedTask;
    }
}
