using Yarp.ReverseProxy.Transforms;

namespace MovieLms.Web.Gateway;

/// <summary>
/// Asks the service before a large body is sent (RFC 9110, section 10.1.1), so that its 401 or 413 reaches the client instead
/// of a broken connection.
/// </summary>
internal sealed class UploadPermission : RequestTransform
{
    /// <inheritdoc/>
    public override ValueTask ApplyAsync(RequestTransformContext context)
    {
        if (context.ProxyRequest.Content is not null && context.HttpContext.Request.ContentLength is null or > BufferedBodies.MaxBytes)
            context.ProxyRequest.Headers.ExpectContinue = true;
        return ValueTask.CompletedTask;
    }
}
