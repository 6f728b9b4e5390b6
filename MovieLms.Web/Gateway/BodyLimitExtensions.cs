using Microsoft.AspNetCore.Http.Features;

namespace MovieLms.Web.Gateway;

/// <summary>
/// Refuses a body that declares to be larger than its route allows, before a service is asked. The server counts the others.
/// </summary>
internal static class BodyLimitExtensions
{
    internal static void UseBodyLimits(this IReverseProxyApplicationBuilder pipeline) =>
        pipeline.Use(
            async (context, next) =>
            {
                var allowed =
                    context.GetReverseProxyFeature().Route.Config.MaxRequestBodySize
                    ?? context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize;
                if (context.Request.ContentLength > allowed)
                {
                    await TypedResults
                        .Problem(
                            statusCode: StatusCodes.Status413PayloadTooLarge,
                            detail: $"The request body must not exceed {allowed} bytes."
                        )
                        .ExecuteAsync(context);
                    return;
                }
                await next(context);
            }
        );
}
