using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Transforms;

namespace MovieLms.Web.Gateway;

/// <summary>Forwards the path and query exactly as received. The proxy's own encoding turns <c>%2F</c> into <c>%252F</c>.</summary>
internal sealed class OriginalTarget : RequestTransform
{
    private static readonly UriCreationOptions Verbatim = new() { DangerousDisablePathAndQueryCanonicalization = true };

    /// <inheritdoc/>
    public override ValueTask ApplyAsync(RequestTransformContext context)
    {
        // Only the origin form (RFC 9112, section 3.2.1). The proxy handles the other forms.
        if (context.HttpContext.Features.Get<IHttpRequestFeature>()?.RawTarget is { } target && target.StartsWith('/'))
            context.ProxyRequest.RequestUri = new Uri(context.DestinationPrefix.TrimEnd('/') + target, Verbatim);
        return ValueTask.CompletedTask;
    }
}
