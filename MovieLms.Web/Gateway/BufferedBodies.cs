using Microsoft.AspNetCore.WebUtilities;

namespace MovieLms.Web.Gateway;

/// <summary>
/// Reads a small body in full before a service is asked, so that a client that sends slowly occupies the gateway only. Larger bodies, and
/// those of unknown length, are passed on as they arrive.
/// </summary>
internal static class BufferedBodies
{
    /// <summary>The largest body that is read in full first.</summary>
    internal const int MaxBytes = 64 * 1024;

    internal static void UseBufferedBodies(this IReverseProxyApplicationBuilder pipeline) =>
        pipeline.Use(
            async (context, next) =>
            {
                if (context.Request.ContentLength is > 0 and <= MaxBytes)
                {
                    context.Request.EnableBuffering(MaxBytes, MaxBytes);
                    await context.Request.Body.DrainAsync(context.RequestAborted);
                    context.Request.Body.Position = 0;
                }
                await next(context);
            }
        );
}
