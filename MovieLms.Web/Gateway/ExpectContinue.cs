using Yarp.ReverseProxy.Transforms;

namespace MovieLms.Web.Gateway;

/// <summary>
/// Adds <c>Expect: 100-continue</c> to large uploads (RFC 9110, section 10.1.1), so that a 401 or 413 reaches the client instead of a
/// broken connection.
/// </summary>
internal sealed class ExpectContinue : RequestTransform
{
    /// <inheritdoc/>
    public override ValueTask ApplyAsync(RequestTransformContext context)
    {
        if (context.ProxyRequest.Content is not null && context.HttpContext.Request.ContentLength is null or > BufferedBodies.MaxBytes)
            context.ProxyRequest.Headers.ExpectContinue = true;
        return ValueTask.CompletedTask;
    }
}
