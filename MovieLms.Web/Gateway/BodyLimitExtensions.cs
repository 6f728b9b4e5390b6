using Microsoft.AspNetCore.Http.Features;

namespace MovieLms.Web.Gateway;

/// <summary>
/// Rejects a request whose Content-Length exceeds the limit of its route, before it is forwarded. For a body of unknown length, the
/// server enforces the limit while it is read.
/// </summary>
internal static class BodyLimitExtensions
{
    internal static void UseBodyLimits(this IReverseProxyApplicationBuilder pipeline) =>
        pipeline.Use(
            async (context, next) =>
            {
                var maxBytes =
                    context.GetReverseProxyFeature().Route.Config.MaxRequestBodySize
                    ?? context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize;
                if (context.Request.ContentLength > maxBytes)
                {
                    await TypedResults
                        .Problem(
                            statusCode: StatusCodes.Status413PayloadTooLarge,
                            detail: $"The request body must not exceed {maxBytes} bytes."
                        )
                        .ExecuteAsync(context);
                    return;
                }
                await next(context);
            }
        );
}
