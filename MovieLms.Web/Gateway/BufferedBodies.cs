using Microsoft.AspNetCore.WebUtilities;

namespace MovieLms.Web.Gateway;

/// <summary>
/// Buffers small request bodies before they are forwarded, so that a slow client occupies only the gateway. Larger bodies and bodies of
/// unknown length are streamed.
/// </summary>
internal static class BufferedBodies
{
    /// <summary>Maximum size in bytes of a body that is buffered.</summary>
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
